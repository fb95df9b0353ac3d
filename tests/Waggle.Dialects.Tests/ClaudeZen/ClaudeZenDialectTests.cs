using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Runners;
using Waggle.Core.Swarms;
using Waggle.Delivery;
using Waggle.Delivery.Filters;
using Waggle.Dialects.ClaudeZen;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.ClaudeZen;

public sealed class ClaudeZenDialectTests
{
    private static readonly Principal Stranger = new("nobody", "main", null, new HashSet<string>());

    private readonly ClaudeZenDialect _dialect = new();

    public ClaudeZenDialectTests() => Zen.Open(_dialect);

    [Fact]
    public void The_hub_speaks_first_with_the_clients_id_its_own_and_its_capabilities()
    {
        var ack = JsonElement.Parse(Assert.Single(Zen.Open(new())));
        Assert.Equal("connection_ack", ack.GetProperty("type").GetString());
        Assert.Equal(
            """{"clientId":"client-12345","serverId":"main-3","capabilities":["swarm","memory","coordination"],"version":"0.1.0"}""", ack.GetProperty("data").GetRawText());
    }

    [Fact]
    public void A_subscription_names_the_form_of_its_channel_and_its_topics()
    {
        var subscribe = Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"channels":["task-coordination"]}}""")));
        Assert.Equal(("task-coordination", Channels.Find("task-coordination")!.Form), (subscribe.Name, subscribe.Form));
        Assert.True(subscribe.Filter.IsNull);
        Assert.Contains("task.*.assigned", subscribe.Topics);
        Assert.Empty(Read("""{"type":"subscribe","data":{"channels":["task-coordination"]}}"""));
    }

    [Theory]
    [InlineData("swarm-*", "swarm-coordination,swarm-events")]
    [InlineData("*-events", "swarm-events,memory-events")]
    [InlineData("*", "swarm-coordination,swarm-events,task-coordination,memory-events,api-updates,system-metrics,system,swarms,performance,tasks,logs,agent-<id>-status *")]
    [InlineData("agent-*-status", "agent-<id>-status agent-*-status")]
    [InlineData("*-status", "agent-<id>-status *-status")]
    [InlineData("s?stem-metrics", "system-metrics")]
    public void A_pattern_is_a_glob_over_whole_names(string pattern, string channels) => Assert.Equal(
        channels.Split(','),
        Read($$$"""{"type":"subscribe","data":{"patterns":["{{{pattern}}}"]}}""").Cast<SubscribeIntent>().Select(s => s.Name!.StartsWith("agent-<id>", StringComparison.Ordinal) ? $"agent-<id>-status {pattern}" : s.Name));

    [Fact]
    public void A_channel_that_a_name_and_a_pattern_match_is_one_subscription_until_both_are_left()
    {
        Read("""{"type":"subscribe","data":{"channels":["swarm-events"],"patterns":["*-events"]}}""");
        Assert.Empty(Read("""{"type":"unsubscribe","data":{"channels":["swarm-events"]}}"""));
        Assert.Equal(
            ["swarm-events", "memory-events"], Read("""{"type":"unsubscribe","data":{"patterns":["*-events"]}}""").Cast<UnsubscribeIntent>().Select(u => u.Subscription));
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("bogus-*")]
    [InlineData("agent--status")]
    [InlineData("agent-a1-log")]
    [InlineData("Swarm-Events")]
    [InlineData("")]
    [InlineData("two words")]
    public void An_unknown_channel_is_an_INVALID_CHANNEL_with_the_original_message_and_the_others_are_subscribed(string name)
    {
        var frame = $$$"""{"type":"subscribe","data":{"channels":["{{{name}}}","swarm-events"]}}""";
        var intents = Read(frame);
        Assert.Equal("swarm-events", Assert.Single(intents.OfType<SubscribeIntent>()).Name);
        var error = EncodedText.Reply(Assert.Single(intents.OfType<ReplyIntent>()));
        Assert.Equal(("error", "INVALID_CHANNEL"), (error.GetProperty("type").GetString(), error.GetProperty("data").GetProperty("code").GetString()));
        Assert.Equal(frame, error.GetProperty("data").GetProperty("originalMessage").GetRawText());
    }

    [Fact]
    public void Thousands_of_globs_and_globs_full_of_stars_cost_one_answer()
    {
        var many = string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"agent-{i}*-status\""));
        Assert.Equal("INVALID_MESSAGE", CodeOf($$$"""{"type":"subscribe","data":{"patterns":[{{{many}}}]}}"""));
        var some = string.Join(',', Enumerable.Range(0, 91).Select(i => $"\"agent-{i}*-status\""));
        Assert.Equal("TOO_LARGE", CodeOf($$$"""{"type":"subscribe","data":{"patterns":[{{{some}}}]}}"""));
        var stars = string.Concat(Enumerable.Repeat("*a", 120));
        Assert.Equal("INVALID_CHANNEL", CodeOf($$$"""{"type":"subscribe","data":{"patterns":["{{{stars}}}x"]}}"""));
        Assert.Equal("INVALID_CHANNEL", CodeOf($$$"""{"type":"subscribe","data":{"patterns":["{{{new string('*', 300)}}}"]}}"""));
    }

    [Fact]
    public void A_message_with_an_id_is_answered_when_its_last_subscription_has_begun()
    {
        var intents = Read("""{"id":"s-1","type":"subscribe","data":{"channels":["swarm-events","task-coordination"]}}""").Cast<SubscribeIntent>().ToArray();
        Assert.Empty(Answer(intents[1], null));
        var response = JsonElement.Parse(Assert.Single(Answer(intents[0], null)));
        Assert.Equal(("response", "s-1"), (response.GetProperty("type").GetString(), response.GetProperty("id").GetString()));
        Assert.Equal("""{"success":true,"channels":["swarm-events","task-coordination"]}""", response.GetProperty("data").GetRawText());
        var again = EncodedText.Reply(Assert.Single(Read("""{"id":"s-2","type":"subscribe","data":{"channels":["swarm-events"]}}""")));
        Assert.Equal("s-2", again.GetProperty("id").GetString());
    }

    [Fact]
    public void A_subscription_that_the_hub_refuses_is_one_error_with_the_id_and_a_retry_is_sent_again()
    {
        const string Frame = """{"id":"s-1","type":"subscribe","data":{"channels":["swarm-events","task-coordination"]}}""";
        var intents = Read(Frame).Cast<SubscribeIntent>().ToArray();
        var refusal = new Error(ErrorCodes.TooLarge, "Too many.");
        Assert.Empty(Answer(intents[1], null));
        var error = JsonElement.Parse(Assert.Single(Answer(intents[0], refusal)));
        Assert.Equal(("error", "s-1", "TOO_LARGE"), (error.GetProperty("type").GetString(), error.GetProperty("id").GetString(), error.GetProperty("data").GetProperty("code").GetString()));

        var retry = Assert.IsType<SubscribeIntent>(Assert.Single(Read(Frame)));
        Assert.Equal("swarm-events", retry.Name);
        Assert.Contains("\"response\"", Assert.Single(Answer(retry, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_filters_select_by_the_fields_that_a_message_has()
    {
        var subscribe = Assert.IsType<SubscribeIntent>(Assert.Single(Read(
            """{"type":"subscribe","data":{"channels":["swarm-coordination"],"filters":{"swarmId":"swarm-001","agentType":"coder","priority":["high","critical"]}}}""")));
        Assert.True(RecordFilter.TryParse(subscribe.Filter.Utf8, out var filter, out var problem), problem);
        var states = Samples.Records.Where(r => r.Kind == "swarm_state").ToArray();
        Assert.All(states, r => Assert.True(filter.Takes(r)));
        Assert.All(states, r => Assert.False(filter.Takes(r with { Swarm = "swarm-002" })));
    }

    [Theory]
    [InlineData("""{"bogus":1}""", "no field 'bogus'")]
    [InlineData("""{"swarmId":[]}""", "filters.swarmId")]
    [InlineData("""{"swarmId":{"not":"x"}}""", "filters.swarmId")]
    [InlineData("[]", "filters is an object")]
    public void A_filter_of_another_form_is_an_error_that_names_it(string filters, string said)
    {
        var error = EncodedText.Reply(Assert.Single(Read($$$"""{"type":"subscribe","data":{"channels":["swarm-events"],"filters":{{{filters}}}}}""")));
        Assert.Contains(said, error.GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filtered_and_an_unfiltered_subscription_to_a_channel_are_together_unfiltered()
    {
        Read("""{"type":"subscribe","data":{"channels":["swarm-events"],"filters":{"agentId":"a1"}}}""");
        Assert.True(Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"patterns":["*m-events"]}}"""))).Filter.IsNull);
    }

    [Fact]
    public void A_batch_is_one_message_with_the_updates_in_it()
    {
        var subscribe = Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"channels":["swarm-events"],"batch":{"max":10,"ms":50}}}""")));
        Assert.Equal((new Batching(10, 50), true), (subscribe.Batch, subscribe.TakesBatches));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":7.5e}""")]
    [InlineData("""{"type":["auth"]}""")]
    [InlineData("""{"type":"auth"}""")]
    [InlineData("""{"type":"auth","token":{}}""")]
    [InlineData("""{"type":"subscribe"}""")]
    [InlineData("""{"type":"subscribe","data":[]}""")]
    [InlineData("""{"type":"subscribe","data":{"channels":7}}""")]
    [InlineData("""{"type":"subscribe","data":{"channels":[7]}}""")]
    [InlineData("""{"type":"subscribe","data":{"channels":["swarm-events"],"batch":"x"}}""")]
    [InlineData("""{"type":"request","data":{"action":"get_swarm_status"}}""")]
    [InlineData("""{"type":"unknown","data":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    public void A_malformed_message_is_an_INVALID_MESSAGE(string frame) => Assert.Equal("INVALID_MESSAGE", CodeOf(frame));

    [Fact]
    public void A_frame_that_is_nested_too_deeply_is_an_INVALID_MESSAGE() => Assert.Equal("INVALID_MESSAGE", CodeOf(new string('[', 10_000)));

    [Fact]
    public void An_unknown_type_is_named_in_the_details() => Assert.Equal(
        """{"code":"INVALID_MESSAGE","message":"Message type not recognized","details":{"receivedType":"bogus"},"originalMessage":{"type":"bogus"}}""",
        EncodedText.Reply(Assert.Single(Read("""{"type":"bogus"}"""))).GetProperty("data").GetRawText());

    [Theory]
    [InlineData("""{"action":"bogus"}""", "UNKNOWN_TYPE")]
    [InlineData("""{"action":"memory_store","key":"k"}""", "INVALID_REQUEST")]
    [InlineData("""{"action":"memory_store","value":1}""", "INVALID_REQUEST")]
    [InlineData("""{"action":"memory_store","key":"k","value":1,"metadata":[]}""", "INVALID_REQUEST")]
    [InlineData("""{"action":"swarm.create"}""", "INVALID_REQUEST")]
    [InlineData("""{"action":"spawn_agent"}""", "INVALID_REQUEST")]
    [InlineData("""{"action":"spawn_agent","agentType":"coder","capabilities":"rust"}""", "INVALID_REQUEST")]
    [InlineData("""{"action":"assign_task","taskId":"t1"}""", "INVALID_REQUEST")]
    [InlineData("""{"action":"assign_task","taskId":"t1","agentId":"a1","priority":"soon"}""", "INVALID_REQUEST")]
    [InlineData("""{"action":7e400}""", "UNKNOWN_TYPE")]
    public void A_request_that_fails_is_a_response_with_its_id(string data, string code)
    {
        var reply = EncodedText.Reply(Assert.Single(Read($$$"""{"id":"req-7","type":"request","data":{{{data}}}}""")));
        Assert.Equal(("response", "req-7", false), (reply.GetProperty("type").GetString(), reply.GetProperty("id").GetString(), reply.GetProperty("data").GetProperty("success").GetBoolean()));
        Assert.Equal(code, reply.GetProperty("data").GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public void A_value_is_stored_as_it_came_in_its_namespace()
    {
        var put = Command<PutMemory>("""{"action":"memory_store","key":"session-data","value":{"a":[1,2]},"namespace":"sessions","ttl":60000,"metadata":{"n":1}}""");
        Assert.Equal(("sessions", "session-data", """{"a":[1,2]}""", TimeSpan.FromMinutes(1)), (put.Namespace, put.Key, put.Value.ToString(), put.Ttl));
        Assert.Equal("1", put.Metadata!["n"]);
        Assert.Null(put.IdempotencyKey);
        Assert.Equal("put-17", Command<PutMemory>("""{"action":"memory_store","key":"k","value":1,"idempotencyKey":"put-17"}""").IdempotencyKey);
        Assert.Equal("default", Command<PutMemory>("""{"action":"memory_store","key":"k","value":null}""").Namespace);
    }

    [Fact]
    public void A_search_is_answered_by_the_documents_fields()
    {
        var intent = Assert.IsType<MemoryIntent>(
            Assert.Single(Read("""{"id":"s-1","type":"request","data":{"action":"vector_search","query":"optimization","limit":3,"threshold":0}}""")));
        var search = Assert.IsType<MemorySearch>(intent.Query);
        var hit = new MemoryHit
        {
            Namespace = "default",
            Key = "doc-001",
            Version = 1,
            Bytes = 2,
            Sha256 = "",
            CreatedAt = EncodedText.At,
            UpdatedAt = EncodedText.At,
            UpdatedBy = "ann",
            Score = 0.5f,
            Excerpt = "Pooling",
            Metadata = new Dictionary<string, string> { ["category"] = "performance" },
        };
        var found = new MemorySearchResult
        {
            Results = [hit],
            Mode = MemorySearchMode.Hybrid,
            ScoreKind = "cosine",
            Semantic = true,
            BelowThreshold = 2,
            TookMs = 45,
            Index = new() { Entries = 3, PendingChanges = 0, PendingVectors = 0 },
        };
        var answer = EncodedText.Messages(output => _dialect.Answer(intent, new Outcome(found, null, default), output)).Single();

        Assert.Equal(("optimization", 3, 0), (search.Query, search.Limit, search.Threshold));
        Assert.Equal(
            """{"success":true,"queryId":"s-1","query":"optimization","results":[{"id":"doc-001","namespace":"default","score":0.5,"content":"Pooling","metadata":{"category":"performance"}}],"executionTime":45,"scoreKind":"cosine","semantic":true,"belowThreshold":2}""",
            JsonElement.Parse(answer).GetProperty("data").GetRawText());
        Assert.Equal("s-1", JsonElement.Parse(answer).GetProperty("id").GetString());
    }

    [Fact]
    public void An_agent_is_requested_by_its_type()
    {
        var spawn = Command<SpawnAgents>("""{"action":"spawn_agent","swarmId":"swarm-001","agentType":"coder","capabilities":["javascript","optimization"]}""");
        Assert.Equal((null, "coder", "swarm-001", 1), (spawn.Role, spawn.AgentType, spawn.SwarmId, spawn.Count));
        Assert.Equal(["javascript", "optimization"], spawn.Capabilities);
    }

    [Fact]
    public void A_dashboard_names_action_and_channel_at_the_top()
    {
        var create = Assert.IsType<CommandIntent>(Assert.Single(Read("""{"id":"1","type":"request","action":"swarm.create","data":{"name":"Builders"},"timestamp":1}""")));
        Assert.Equal("Builders", Assert.IsType<CreateSwarm>(create.Command).Name);
        Assert.Equal("system", Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","channel":"system"}"""))).Name);
    }

    [Fact]
    public void The_console_is_greeted_once_and_its_tools_are_the_actions()
    {
        var first = Zen.Answers(_dialect, """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        Assert.Contains("connection/established", first[0], StringComparison.Ordinal);
        Assert.Equal(
            Actions.All.Select(a => a.Name), JsonElement.Parse(first[1]).GetProperty("result").GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()));
        Assert.Equal("""{"jsonrpc":"2.0","method":"pong","params":{}}""", Assert.Single(Zen.Answers(_dialect, """{"jsonrpc":"2.0","method":"ping"}""")));
        var put = Assert.IsType<CommandIntent>(Assert.Single(Read("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"memory_store","arguments":{"key":"k","value":1}}}""")));
        Assert.IsType<PutMemory>(put.Command);
        var unknown = Assert.Single(Zen.Answers(_dialect, """{"jsonrpc":"2.0","id":3,"method":"bogus"}"""));
        Assert.Equal(-32601, JsonElement.Parse(unknown).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public void A_client_without_a_token_is_asked_for_one()
    {
        var dialect = new ClaudeZenDialect();
        Assert.Single(Zen.Open(dialect, new Credential(null)));
        var subscribed = EncodedText.Reply(Assert.Single(Zen.Read(dialect, """{"type":"subscribe","data":{"channels":["swarm-events"]}}""", Stranger)));
        Assert.Equal("UNAUTHENTICATED", subscribed.GetProperty("data").GetProperty("code").GetString());
        var asked = EncodedText.Reply(Assert.Single(Zen.Read(dialect, """{"id":"1","type":"request","data":{"action":"get_swarm_status"}}""", Stranger)));
        Assert.Equal("UNAUTHENTICATED", asked.GetProperty("data").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("t0ken", Assert.IsType<AuthenticateIntent>(Assert.Single(Zen.Read(dialect, """{"type":"auth","token":"t0ken","clientId":"c"}""", Stranger))).Token);
    }

    [Fact]
    public void A_bad_token_of_the_request_is_told_after_the_greeting()
    {
        var greeting = Zen.Open(new(), new Credential(null) { Error = new Error(ErrorCodes.Unauthenticated, "The token expired.") }, "bad");
        Assert.Equal("AUTHENTICATION_FAILED", JsonElement.Parse(greeting[1]).GetProperty("data").GetProperty("code").GetString());
    }

    [Fact]
    public void A_channel_without_the_right_to_its_records_is_refused()
    {
        var by = new Principal("eve", "main", null, new HashSet<string> { "read:tasks" });
        Assert.Single(Zen.Read(_dialect, """{"type":"subscribe","data":{"channels":["task-coordination"]}}""", by).OfType<SubscribeIntent>());
        foreach (var channel in new[] { "system-metrics", "memory-events", "app.user.ann.inbox", "system*" })
        {
            var error = EncodedText.Reply(Assert.Single(Zen.Read(_dialect, $$$"""{"type":"subscribe","data":{"channels":["{{{channel}}}"]}}""", by)));
            Assert.Equal("FORBIDDEN", error.GetProperty("data").GetProperty("code").GetString());
        }
    }

    [Theory]
    [InlineData("""{"type":"auth","token":"x"}""", true)]
    [InlineData("""{"type":"subscribe","data":{}}""", true)]
    [InlineData("""{"type":"unsubscribe"}""", true)]
    [InlineData("""{"type":"request"}""", true)]
    [InlineData("""{"jsonrpc":"2.0","method":"ping"}""", true)]
    [InlineData("""{"type":"ping"}""", false)]
    [InlineData("""{"type":"user_presence","data":"away"}""", false)]
    [InlineData("nonsense", false)]
    [InlineData("[]", false)]
    public void A_first_frame_shows_the_dialect(string frame, bool isOne) =>
        Assert.Equal(isOne, ClaudeZenDialect.Entry.Recognises(System.Text.Encoding.UTF8.GetBytes(frame)));

    private List<Intent> Read(string frame) => Zen.Read(_dialect, frame);

    private IReadOnlyList<string> Answer(SubscribeIntent intent, Error? refusal)
    {
        var begun = new SubscribeResult(intent.Name!, Recovered: true, [], [], default);
        return EncodedText.Messages(output => _dialect.Answer(intent, new Outcome(refusal is null ? begun : null, refusal, default), output));
    }

    private string? CodeOf(string frame) =>
        EncodedText.Reply(Assert.Single(Read(frame).OfType<ReplyIntent>(), r => Samples.Text(r.Body).Contains("\"code\"", StringComparison.Ordinal))).GetProperty("data").GetProperty("code").GetString();

    private T Command<T>(string data)
        where T : Command => Assert.IsType<T>(Assert.IsType<CommandIntent>(Assert.Single(Read($$$"""{"id":"1","type":"request","data":{{{data}}}}"""))).Command);
}
