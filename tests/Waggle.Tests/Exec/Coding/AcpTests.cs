using Waggle.Protocol.Model;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>An agent of the Agent Client Protocol. A script stands for it, and waits for another client at its end, as a server does.</summary>
public sealed class AcpTests(HubFixture hub) : IDisposable
{
    private const string Script = """
        read -r line; echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{}}}'
        read -r line; echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s1"}}'
        read -r prompt; echo '{"jsonrpc":"2.0","id":7,"method":"session/request_permission","params":{"sessionId":"s1","toolCall":{"toolCallId":"c1","title":"Run make","kind":"execute"},"options":[{"optionId":"once","kind":"allow_once"},{"optionId":"no","kind":"reject_once"}]}}'
        read -r answer; echo "$answer" > answer
        echo '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Made."}}}}'
        echo '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}'
        while :; do sleep 0.1; done
        """;

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("yes", TaskState.Completed, "once")]
    [InlineData("no", TaskState.Failed, "no")]
    public async Task A_turn_with_a_question_ends_as_the_answer_says(string answer, TaskState state, string option)
    {
        var programs = CodingTools.Script(_home, "my-agent", Script);
        await using var worker = await CodingWorker.StartAsync(hub, "acp:my-agent", programs, _home, new Dictionary<string, string>(), "--kill-after", "300ms");
        var task = await worker.CreateAsync("Make it.");
        var question = await worker.QuestionAsync();
        Assert.Equal("May the agent do this: Run make?", question.Text);
        await worker.Client.Questions.AnswerAsync(question.Id, answer);
        var ended = await worker.EndOfAsync(task);
        Assert.Equal(state, ended.State);
        Assert.Contains($"\"optionId\":\"{option}\"", await File.ReadAllTextAsync(_home.File("answer"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        if (state == TaskState.Completed) Assert.Equal("Made.", ended.Result.ToElement().GetProperty("text").GetString());
        else Assert.Equal("PERMISSION_DENIED", ended.Error!.Code);
    }

    [Fact]
    public async Task A_request_that_is_too_long_to_be_shown_is_denied_and_nobody_is_asked()
    {
        var script = Script.Replace("\"kind\":\"execute\"", $"\"kind\":\"execute\",\"rawInput\":\"{new string('a', 10_000)}\"", StringComparison.Ordinal);
        var programs = CodingTools.Script(_home, "my-agent", script);
        await using var worker = await CodingWorker.StartAsync(hub, "acp:my-agent", programs, _home, new Dictionary<string, string>(), "--kill-after", "300ms");
        var ended = await worker.RunAsync("Make it.");
        Assert.Equal("PERMISSION_DENIED", ended.Error!.Code);
        Assert.Contains("\"optionId\":\"no\"", await File.ReadAllTextAsync(_home.File("answer"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(ended.Attempts![0].LogTail!, line => line.Contains("too long to be shown", StringComparison.Ordinal));
    }
}
