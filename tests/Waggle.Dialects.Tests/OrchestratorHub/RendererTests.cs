using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.OrchestratorHub;

public sealed class RendererTests
{
    private readonly OrchestratorHubRenderer _renderer = new();

    [Fact]
    public void Every_frame_has_its_type_twice_and_its_time_in_envelope_and_data()
    {
        foreach (var frame in Samples.Records.SelectMany(r => EncodedText.By(_renderer, r)).Select(f => JsonElement.Parse(f)))
        {
            Assert.Equal(frame.GetProperty("type").GetString(), frame.GetProperty("message_type").GetString());
            Assert.Equal("2026-03-01T12:00:00.123Z", frame.GetProperty("timestamp").GetString());
            Assert.Equal("2026-03-01T12:00:00.123Z", frame.GetProperty("data").GetProperty("timestamp").GetString());
        }
    }

    [Fact]
    public void The_sequence_grows_over_all_types_also_when_the_clock_does_not()
    {
        var numbers = Samples.Records.Concat(Samples.Records).SelectMany(r => EncodedText.By(_renderer, r)).Select(f => JsonElement.Parse(f).GetProperty("sequence").GetInt64()).ToArray();
        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.Equal(EncodedText.At.ToUnixTimeMilliseconds() * 1000, numbers[0]);
    }

    [Fact]
    public void The_sequence_is_exact_in_a_language_whose_numbers_are_doubles()
    {
        var late = EncodedText.RecordOf(new TaskStarted { Task = "t", Title = "T", State = TaskState.Running, Agent = "a", Attempt = 1, Token = 1 }, at: new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.True(JsonElement.Parse(EncodedText.By(_renderer, late)[0]).GetProperty("sequence").GetInt64() < 1L << 53);
    }

    [Fact]
    public void After_a_restart_the_sequence_goes_on_above_where_it_was()
    {
        var before = Samples.Records.SelectMany(r => EncodedText.By(_renderer, r)).Select(f => JsonElement.Parse(f).GetProperty("sequence").GetInt64()).Max();
        var next = EncodedText.RecordOf(new AgentDraining { Agent = "a", Name = "A", RequestedBy = "u" }, at: EncodedText.At.AddSeconds(1));
        Assert.True(JsonElement.Parse(EncodedText.By(new OrchestratorHubRenderer(), next)[0]).GetProperty("sequence").GetInt64() > before);
    }

    [Fact]
    public void What_it_has_no_word_for_it_does_not_say()
    {
        Assert.Empty(EncodedText.By(_renderer, EncodedText.RecordOf(new TaskUnblocked { Task = "t", Title = "T", State = TaskState.Pending })));
        Assert.Empty(EncodedText.By(_renderer, EncodedText.RecordOf(new TaskLogged { Task = "t", Title = "T", State = TaskState.Running, Agent = "a", Attempt = 1, Lines = ["x"] })));
        Assert.Empty(EncodedText.Messages(output => _renderer.RenderPosition(new Position(1, 2), output)));
    }

    [Fact]
    public void An_agent_that_comes_back_as_something_else_is_not_created_again() =>
        Assert.Empty(EncodedText.By(_renderer, EncodedText.RecordOf(new AgentRegistered { Agent = "a", Name = "A", Capabilities = new Dictionary<string, double>(StringComparer.Ordinal), Changed = true })));

    [Fact]
    public void A_busy_agent_that_gets_more_changes_no_status()
    {
        var second = new TaskAssigned { Task = "t", Title = "T", State = TaskState.Assigned, Agent = "a", AgentName = "A", Attempt = 1, Token = 1, LeaseMs = 1, AssignmentReason = new(1, null, 1, 1), Holding = 2 };
        Assert.DoesNotContain(EncodedText.By(_renderer, EncodedText.RecordOf(second)), f => f.Contains("agent_status_changed", StringComparison.Ordinal));
        Assert.Contains(EncodedText.By(_renderer, EncodedText.RecordOf(second with { Holding = 1 })), f => f.Contains("agent_status_changed", StringComparison.Ordinal));
    }

    [Fact]
    public void Records_of_an_earlier_version_say_what_they_know()
    {
        var old = new TaskCompleted { Task = "t", Title = "T", State = TaskState.Completed, Ended = new AttemptEnd { Agent = "a", Attempt = 1, Token = 1, Outcome = AttemptOutcomes.Completed }, DurationMs = 5 };
        Assert.Equal(["task_completed", "task_status_update"], EncodedText.By(_renderer, EncodedText.RecordOf(old)).Select(f => JsonElement.Parse(f).GetProperty("type").GetString()));
    }

    [Fact]
    public void A_gap_is_told_as_an_error_that_occurred()
    {
        EncodedText.By(_renderer, Samples.Records[0]);
        var gap = JsonElement.Parse(Assert.Single(EncodedText.Messages(output => _renderer.RenderGap(new Position(1, 2), new Position(1, 9), 7, output))));
        Assert.Equal(("error_occurred", "GAP", 7), (gap.GetProperty("type").GetString(), gap.GetProperty("data").GetProperty("error").GetProperty("code").GetString(), gap.GetProperty("data").GetProperty("error").GetProperty("details").GetProperty("dropped").GetInt32()));
        Assert.False(gap.TryGetProperty("sequence", out _));
    }
}
