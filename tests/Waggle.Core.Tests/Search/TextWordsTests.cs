using Waggle.Core.Search;

namespace Waggle.Core.Tests.Search;

public sealed class TextWordsTests
{
    [Theory]
    [InlineData("Hello, World!", "hello world")]
    [InlineData("deploy:prod_2-a", "deploy prod 2 a")]
    [InlineData("Straße ÉTÉ", "straße été")]
    [InlineData(" \t", "")]
    [InlineData("😀 x", "😀 x")]
    public void Words_are_runs_of_letters_and_digits(string text, string words) => Assert.Equal(words, string.Join(' ', TextWords.Of(text)));

    [Theory]
    [InlineData("what is the plan of the day", "plan day")]
    [InlineData("to be or not to be", "to be or not")]
    [InlineData("a plan, a Plan", "plan")]
    public void A_query_searches_for_telling_words_once(string text, string words) => Assert.Equal(words, string.Join(' ', TextWords.OfQuery(text, 10)));

    [Fact]
    public void A_query_has_a_limited_number_of_words() => Assert.Equal(["w1", "w2"], TextWords.OfQuery("w1 w2 w3", 2));
}
