using System.Text;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.OrchestratorHub;

public sealed class ReadTests
{
    private static readonly Principal By = Principal.Local("main", "127.0.0.1");

    private readonly OrchestratorHubDialect _dialect = new();

    public ReadTests() => _dialect.Open(new Opening(HandshakeRequest.Plain, new Credential(By), false, () => EncodedText.At, "waggle/0", "main", "c-1", default), []);

    [Fact]
    public void A_client_that_says_nothing_hears_all_and_is_shown_the_hive()
    {
        var intents = new List<Intent>();
        Assert.True(new OrchestratorHubDialect().Open(new Opening(HandshakeRequest.Plain, new Credential(By), false, () => EncodedText.At, "waggle/0", "main", "c-1", default), intents));
        var subscribe = Assert.IsType<SubscribeIntent>(intents[0]);
        Assert.True(subscribe is { AsPermitted: true, Tag: null });
        var overview = Assert.IsType<OverviewIntent>(intents[1]);
        var frames = EncodedText.Messages(output => _dialect.Answer(overview, new Outcome(Samples.Overview, null, default), output));
        Assert.Equal(["hive_status", "hive_status_update", "agents_update", "metrics_update", "tasks_update"], frames.Select(f => JsonElement.Parse(f).GetProperty("type").GetString()));
        Assert.DoesNotContain(frames, f => f.Contains("\"sequence\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Worker", "worker")]
    [InlineData("COORDINATOR", "coordinator")]
    [InlineData("learner", "learner")]
    [InlineData("specialist:data", "specialist:data")]
    public void An_agent_is_created_in_the_spelling_of_the_code_and_of_the_dashboard(string type, string stored)
    {
        var command = Command<DeclareAgent>($$$"""{"action":"create_agent","payload":{"name":"Bee","type":"{{{type}}}","capabilities":[{"name":"x","proficiency":"0.5","learning_rate":0.1},{"name":""},"y"]}}""");
        Assert.Equal(("Bee", stored), (command.Name, command.Type));
        Assert.Equal([("x", 0.5), ("y", 1)], command.Capabilities.Select(c => (c.Key, c.Value)));
        Assert.Same(By, command.By);
    }

    [Fact]
    public void An_agents_type_may_come_as_agent_type_and_the_payload_as_data() =>
        Assert.Equal("worker", Command<DeclareAgent>("""{"type":"create_agent","data":{"name":"Bee","agent_type":"worker"}}""").Type);

    [Theory]
    [InlineData("10", 1)]
    [InlineData("8", 1)]
    [InlineData("6", 2)]
    [InlineData("4", 3)]
    [InlineData("1", 4)]
    [InlineData("\"7\"", 2)]
    [InlineData("\"Critical\"", 1)]
    [InlineData("\"low\"", 4)]
    public void A_tasks_priority_is_the_dashboards_number_or_a_word(string given, int priority) =>
        Assert.Equal(priority, Command<CreateTasks>($$$"""{"action":"create_task","payload":{"description":"Do it","priority":{{{given}}}}}""").Specs[0].Priority);

    [Fact]
    public void The_documents_numbers_count_over_HTTP() =>
        Assert.Equal([1, 2, 3, 4, 1], new[] { 4, 3, 2, 1, 9 }.Select(n => Requests.CreateTask(new(JsonElement.Parse($$"""{"description":"x","priority":{{n}}}"""), ""), By, dashboard: false).Specs[0].Priority!.Value));

    [Fact]
    public void A_task_needs_a_description_or_a_title_and_keeps_both()
    {
        var spec = Command<CreateTasks>("""{"action":"create_task","payload":{"title":"Short","description":"Long","type":"t","required_capabilities":[{"name":"a","min_proficiency":0.4,"weight":1}],"max_retries":2,"timeout_seconds":"1.5","parameters":{"n":1}}}""").Specs[0];
        Assert.Equal(("Short", "Long", "t", 3, 1500L), (spec.Title, spec.Metadata!["description"], spec.Type, spec.MaxAttempts, spec.StartToCloseMs));
        Assert.Equal("""{"n":1}""", spec.Input.ToString());
        Assert.Equal(0.4, spec.Requires!["a"]);
        var long_ = Command<CreateTasks>($$$"""{"action":"create_task","payload":{"description":"{{{new string('x', 600)}}}"}}""").Specs[0];
        Assert.Equal((Limits.MaxTitleLength, 600), (long_.Title.Length, long_.Metadata!["description"].Length));
    }

    [Fact]
    public void A_ping_is_answered_with_what_it_brought()
    {
        var pong = EncodedText.Reply(Read("""{"action":"ping","sequenceId":"hb-7","timestamp":1700000000000,"metrics":{}}"""));
        Assert.Equal(("pong", "pong", "pong", "hb-7"), (pong.GetProperty("action").GetString(), pong.GetProperty("type").GetString(), pong.GetProperty("message_type").GetString(), pong.GetProperty("sequenceId").GetString()));
        Assert.Equal(7, EncodedText.Reply(Read("""{"action":"ping","sequenceId":7}""")).GetProperty("sequenceId").GetInt32());
    }

    [Fact]
    public void Answers_have_what_the_code_gives_and_what_the_document_reads()
    {
        var agent = Answer("""{"action":"create_agent","payload":{"name":"Bee","type":"worker"},"correlation_id":"k1"}""", Samples.Overview.Agents[0]);
        Assert.Equal(("agent_created", "k1", true, "ann", "DataProcessor-1"), (agent.GetProperty("type").GetString(), agent.GetProperty("correlation_id").GetString(), Data(agent, "success").GetBoolean(), Data(agent, "agent_id").GetString(), Data(agent, "agent").GetProperty("name").GetString()));
        var task = Answer("""{"action":"create_task","payload":{"description":"Do it"}}""", new TasksCreated([new("t1", TaskState.Pending, false, 2)]));
        Assert.Equal((true, "t1", "Do it"), (Data(task, "success").GetBoolean(), Data(task, "task_id").GetString(), Data(task, "task").GetProperty("description").GetString()));
        Assert.False(task.TryGetProperty("correlation_id", out _));
        var status = Answer("""{"action":"get_status","correlation_id":5}""", Samples.Overview);
        Assert.Equal(("hive_status", "5"), (status.GetProperty("type").GetString(), status.GetProperty("correlation_id").GetString()));
    }

    [Fact]
    public void A_refusal_is_an_error_with_the_correlation_of_its_request()
    {
        var refused = JsonElement.Parse(Assert.Single(EncodedText.Messages(output =>
            _dialect.Answer(Read("""{"action":"get_status","correlation_id":"k2"}"""), new Outcome(null, new Error(ErrorCodes.Forbidden, "You may not."), default), output))));
        Assert.Equal(("error", "k2", "You may not.", "FORBIDDEN"), (refused.GetProperty("type").GetString(), refused.GetProperty("correlation_id").GetString(), Data(refused, "error").GetString(), Data(refused, "code").GetString()));
    }

    [Theory]
    [InlineData("""{"action":"fly"}""", "UNKNOWN_TYPE", "Unknown action: fly")]
    [InlineData("""{"payload":{}}""", "INVALID_REQUEST", "action is missing")]
    [InlineData("""{"action":true}""", "INVALID_REQUEST", "action is text")]
    [InlineData("""{"action":"create_agent"}""", "INVALID_REQUEST", "payload is missing")]
    [InlineData("""{"action":"create_agent","payload":[]}""", "INVALID_REQUEST", "payload is an object")]
    [InlineData("""{"action":"create_agent","payload":{"type":"worker"}}""", "INVALID_REQUEST", "payload.name is missing")]
    [InlineData("""{"action":"create_agent","payload":{"name":"x","type":"bogus"}}""", "INVALID_REQUEST", "type is one of worker, coordinator, specialist, learner")]
    [InlineData("""{"action":"create_agent","payload":{"name":"x","type":"worker","capabilities":7}}""", "INVALID_REQUEST", "payload.capabilities is an array")]
    [InlineData("""{"action":"create_agent","payload":{"name":"x","type":"worker","capabilities":[{"name":"a","proficiency":"much"}]}}""", "INVALID_REQUEST", "payload.capabilities[0].proficiency is a number")]
    [InlineData("""{"action":"create_task","payload":{}}""", "INVALID_REQUEST", "payload.description is missing")]
    [InlineData("""{"action":"create_task","payload":{"description":"x","priority":11}}""", "INVALID_REQUEST", "priority is low, medium, high or critical")]
    [InlineData("""{"action":"create_task","payload":{"description":"x","priority":{}}}""", "INVALID_REQUEST", "priority is low, medium, high or critical")]
    [InlineData("""{"action":"create_task","payload":{"description":"x","max_retries":1.5}}""", "INVALID_REQUEST", "max_retries is a whole number")]
    [InlineData("""{"action":"create_task","payload":{"description":"x","callback_url":"http://x"}}""", "NOT_AVAILABLE", "callback_url")]
    [InlineData("[]", "MALFORMED_MESSAGE", "a JSON object")]
    [InlineData("null", "MALFORMED_MESSAGE", "a JSON object")]
    [InlineData("nonsense", "MALFORMED_MESSAGE", "not JSON")]
    [InlineData("", "MALFORMED_MESSAGE", "not JSON")]
    public void What_cannot_be_taken_is_an_error_that_says_why(string frame, string code, string words)
    {
        var error = EncodedText.Reply(Read(frame));
        Assert.Equal(("error", code), (error.GetProperty("type").GetString(), Data(error, "code").GetString()));
        Assert.Contains(words, Data(error, "error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_words_say_why_and_when_to_come_back()
    {
        var bye = JsonElement.Parse(Assert.Single(EncodedText.Messages(output => _dialect.Goodbye(CloseCodes.Draining, "The hub stops.", TimeSpan.FromSeconds(2), output))));
        var error = Data(bye, "error");
        Assert.Equal(("error_occurred", "DRAINING", 2000), (bye.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("details").GetProperty("retry_after_ms").GetInt32()));
    }

    private static JsonElement Data(JsonElement frame, string name) => frame.GetProperty("data").GetProperty(name);

    private T Command<T>(string frame) => Assert.IsType<T>(Assert.IsType<CommandIntent>(Read(frame)).Command);

    private JsonElement Answer(string frame, object value) =>
        JsonElement.Parse(Assert.Single(EncodedText.Messages(output => _dialect.Answer(Read(frame), new Outcome(value, null, default), output))));

    private Intent Read(string frame)
    {
        var intents = new List<Intent>();
        _dialect.Read(Encoding.UTF8.GetBytes(frame), By, intents);
        return Assert.Single(intents);
    }
}
