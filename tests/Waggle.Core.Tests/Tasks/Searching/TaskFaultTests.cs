using Waggle.Core.Tasks.Searching;

namespace Waggle.Core.Tests.Tasks.Searching;

public sealed class TaskFaultTests
{
    [Theory]
    [InlineData("The disk of 'web-1' is full", "The disk of 'web-22' is full")]
    [InlineData("Timeout after 30 s at /srv/a/b", "Timeout after 7 s at /home/c")]
    [InlineData("Commit deadbeefcafe is gone", "Commit 0123456789ab is gone")]
    [InlineData("Task t17 was lost", "Task t4012 was lost")]
    public void Messages_that_differ_only_in_particulars_have_one_fingerprint(string a, string b) =>
        Assert.Equal(TaskFault.Fingerprint("E", a), TaskFault.Fingerprint("E", b));

    [Fact]
    public void Another_code_or_another_sentence_has_another_fingerprint()
    {
        var prints = new[] { TaskFault.Fingerprint("A", "No page"), TaskFault.Fingerprint("B", "No page"), TaskFault.Fingerprint("A", "No disk") };

        Assert.Equal(3, prints.Distinct().Count());
        Assert.All(prints, p => Assert.Equal(TaskFault.Length, p.Length));
    }

    [Fact]
    public void Words_are_runs_of_letters_and_digits_in_lower_case()
    {
        Assert.Equal(["fix", "the", "log*", "übung", "web", "7"], TaskIndexText.Terms("Fix THE log* -- Übung web-7 fix"));
        Assert.Empty(TaskIndexText.Terms(" -- * "));
    }
}
