using System.Text.Json;
using Waggle.Core.Workflows.Expressions;

namespace Waggle.Core.Tests.Workflows.Expressions;

public sealed class ExpressionParserTests
{
    private static readonly JsonElement Run = JsonValues.Parse(
        """{"input":{"n":3,"name":"ann","yes":true,"list":[10,{"a b":"x"}],"none":null,"deep":{"and":1}},"a":{"ok":false,"score":0.75},"state":"completed"}""");

    [Theory]
    [InlineData("input.n == 3", true)]
    [InlineData("input.n == 3.0", true)]
    [InlineData("input.n != 3", false)]
    [InlineData("input.n > 2 and input.n <= 3", true)]
    [InlineData("input.n < 2 or input.name >= 'ann'", true)]
    [InlineData("not input.yes", false)]
    [InlineData("not not input.yes", true)]
    [InlineData("not (input.n == 3 and steps.a.output.ok)", true)]
    [InlineData("input.yes or input.n", true)]
    [InlineData("input.none == null", true)]
    [InlineData("input.missing.deeper[7] == null", true)]
    [InlineData("input.list[1]['a b'] == \"x\"", true)]
    [InlineData("input.list[0] == -10", false)]
    [InlineData("input.deep.and == 1", true)]
    [InlineData("steps.a.output.score >= 0.75", true)]
    [InlineData("steps.a.state == 'completed'", true)]
    [InlineData("input.name == 'it\\'s'", false)]
    [InlineData("true or false and false", true)]
    [InlineData("input.list == input.list", true)]
    public void A_condition_has_the_value_that_its_text_says(string text, bool value) => Assert.Equal(value, ExpressionParser.Parse(text).IsTrue(ValueOf));

    [Theory]
    [InlineData("", "at character 1: a path is missing")]
    [InlineData("3", "at character 1: 3 is a number, and true or false is needed")]
    [InlineData("'a' < 3", "at character 5: '<' compares a text with a number")]
    [InlineData("input.n == 3 and 'x'", "at character 18: \"x\" is a text, and true or false is needed")]
    [InlineData("input.n < true", "at character 9: '<' compares numbers or texts, not true or false")]
    [InlineData("steps.a.state == 1", "at character 15: '==' compares a text with a number")]
    [InlineData("input.n = 3", "at character 9: write '==' and a value")]
    [InlineData("input.n == 3 4", "at character 14: '4' is too much")]
    [InlineData("(input.yes", "at character 11: ')' is missing")]
    [InlineData("foo.bar", "at character 1: 'foo' is not known: a path begins with input, steps, item or index")]
    [InlineData("steps.a.result", "at character 9: a step has output and state, and no 'result'")]
    [InlineData("input.list[-1] == 1", "at character 12: a place in a list is 0 or a positive whole number")]
    [InlineData("input.name == 'ann", "at character 15: the text has no end: its quote is missing")]
    [InlineData("input.n == 03", "at character 12: '03' is no number of JSON")]
    [InlineData("input.n + 1 == 3", "at character 9: '+' has no meaning here")]
    public void A_text_that_is_no_condition_is_refused_with_its_place(string text, string problem) =>
        Assert.Equal(problem, Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(text)).Message);

    [Theory]
    [InlineData("input.n", "at character 1: input/n is a number, and true or false is needed")]
    [InlineData("input.name > 3", "at character 12: '>' compares two numbers or two texts; input/name is a text and 3 is a number")]
    [InlineData("not input.missing", "at character 5: input/missing is null, and true or false is needed")]
    public void A_value_of_another_type_is_an_error(string text, string problem) =>
        Assert.Equal(problem, Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(text).IsTrue(ValueOf)).Message);

    [Fact]
    public void Deep_and_long_conditions_are_refused()
    {
        Assert.Contains("32", Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string('(', 40) + "true" + new string(')', 40))).Message, StringComparison.Ordinal);
        Assert.Contains("32", Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(string.Concat(Enumerable.Repeat("not ", 40)) + "true")).Message, StringComparison.Ordinal);
        Assert.Contains("2000", Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string(' ', 2001))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_paths_of_a_condition_are_known_before_it_is_evaluated() =>
        Assert.Equal(["input/n", "steps.a.output/x/0"], ExpressionParser.Parse("input.n == 1 or not steps.a.output.x[0]").Paths.Select(p => p.ToString()));

    private static JsonElement ValueOf(PathRef path) => JsonValues.At(
        path.Root switch
        {
            PathRoot.Input => Run.GetProperty("input"),
            PathRoot.Output => Run.GetProperty("a"),
            _ => Run.GetProperty("state"),
        },
        path.Pointer);
}
