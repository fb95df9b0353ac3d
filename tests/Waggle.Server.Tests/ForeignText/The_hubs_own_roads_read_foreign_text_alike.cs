using System.Text;
using System.Text.Json;
using Waggle.Server.Tests.Api;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.ForeignText;

/// <summary>waggle.v1, REST and SSE with the whole corpus.</summary>
public sealed class The_hubs_own_roads_read_foreign_text_alike
{
    [Fact]
    public async Task A_payload_over_waggle_v1_comes_back_as_it_was_sent_but_for_halves_of_pairs()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        foreach (var value in ForeignTexts.Values)
        {
            var task = (await client.ResultAsync($$"""{{Create}}{"title":"t","input":{{value.Sent}}}]""")).GetProperty("tasks")[0].Text("id");
            var shown = await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"");
            Assert.Equal((value.Name, value.Read), (value.Name, shown.GetProperty("spec").GetProperty("input").GetRawText()));
            Assert.Equal((value.Name, value.Read), (value.Name, (await client.ResultAsync($"\"type\":\"echo\",\"payload\":{value.Sent}")).GetRawText()));
        }
    }

    [Fact]
    public async Task The_same_request_under_a_key_is_the_same_whatever_its_payload_holds()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        foreach (var (i, value) in ForeignTexts.Values.Index())
        {
            var create = $$"""{{Create}}{"title":"t","input":[{{value.Sent}}],"idempotency_key":"k{{i}}"}]""";
            var first = (await client.ResultAsync(create)).GetProperty("tasks")[0];
            var second = (await client.ResultAsync(create)).GetProperty("tasks")[0];
            Assert.Equal((value.Name, first.Text("id"), true), (value.Name, second.Text("id"), second.GetProperty("duplicate").GetBoolean()));
            Assert.Equal("IDEMPOTENCY_CONFLICT", await client.ErrorAsync($$"""{{Create}}{"title":"t","input":[{{value.Sent}},1],"idempotency_key":"k{{i}}"}]"""));
        }
    }

    [Fact]
    public async Task A_title_is_read_as_text_or_refused_with_a_reason_and_records_tell_it()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var watcher = await hub.ClientAsync();
        await watcher.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");
        foreach (var value in ForeignTexts.Strings)
        {
            var create = $$$"""{{{Create}}}{"title":{{{value.Sent}}},"metadata":{"note":{{{value.Sent}}}}}]""";
            if (value.Text.Length > 500)
            {
                Assert.Equal("INVALID_REQUEST", await client.ErrorAsync(create));
                continue;
            }

            var task = (await client.ResultAsync(create)).GetProperty("tasks")[0].Text("id");
            Assert.Equal(value.Text, (await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"")).GetProperty("spec").Text("title"));
            Assert.Equal(value.Text, (await CreatedAsync(watcher)).GetProperty("spec").Text("title"));
        }
    }

    [Fact]
    public async Task What_is_too_deep_is_refused_and_the_connection_stays()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        foreach (var value in ForeignTexts.TooDeep)
        {
            Assert.Equal("INVALID_REQUEST", await client.ErrorAsync($$"""{{Create}}{"title":"t","input":{{value.Sent}}}]"""));
            Assert.Equal("INVALID_REQUEST", await client.ErrorAsync($"\"type\":\"subscribe\",\"topics\":{value.Sent}"));
            Assert.Equal("INVALID_REQUEST", await client.ErrorAsync($"\"type\":\"subscribe\",\"topics\":[\"#\"],\"filter\":{value.Sent}"));
            await client.EchoAsync();
        }
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_message_or_a_body_is_passed_over()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync("/api/v1/tasks", ForeignTexts.ByteOrderMark + "{\"title\":\"t\"}")).Is(201);
        (await hub.PostAsync("/api/v1/tasks", ForeignTexts.ByteOrderMark)).IsProblem(400, "MALFORMED_MESSAGE");
    }

    [Fact]
    public async Task A_body_of_REST_is_read_as_a_message_is_and_SSE_tells_it()
    {
        await using var hub = await RestHub.StartAsync();
        using var events = await EventReader.OpenAsync(hub, "?pattern=%23");
        foreach (var value in ForeignTexts.Values)
        {
            var id = (await hub.PostAsync("/api/v1/tasks", $$"""{"title":"t","input":{{value.Sent}}}""")).Is(201).Text("id");
            using var http = new StringReader(await hub.Http.GetStringAsync(new Uri($"/api/v1/tasks/{id}", UriKind.Relative)));
            Assert.Equal((value.Name, value.Read), (value.Name, JsonElement.Parse(await http.ReadToEndAsync()).GetProperty("spec").GetProperty("input").GetRawText()));
            Assert.Equal(id, await CreatedAsync(events));
        }

        foreach (var value in ForeignTexts.TooDeep) (await hub.PostAsync("/api/v1/tasks", $$"""{"title":"t","input":{{value.Sent}}}""")).IsProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task Queries_paths_and_headers_are_answered_never_with_a_fault()
    {
        await using var hub = await RestHub.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = hub.Server.Url };
        var texts = ForeignTexts.Strings.Where(s => s.Text.Length < 500).Select(s => Uri.EscapeDataString(s.Text)).Concat(["%ED%A0%BD", "%FF", "%00", "%C0%80", "%", "%zz", "%EF%BB%BF"]);
        foreach (var text in texts)
        {
            foreach (var path in new[] { $"tasks?state={text}", $"tasks?{text}=1", $"tasks/{text}", $"events?pattern={text}", $"events?filter={text}", $"tasks/{text}/logs", $"swarms/{text}" })
            {
                using var answer = await http.GetAsync($"/api/v1/{path}", HttpCompletionOption.ResponseHeadersRead);
                Assert.True((int)answer.StatusCode is (>= 400 and < 500) or 200, $"{path}: {(int)answer.StatusCode}");
            }
        }

        foreach (var value in ForeignTexts.Strings.Where(s => !s.Text.Any(c => c is '\0' or '\r' or '\n')))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = new StringContent("{\"title\":\"t\"}") };
            request.Headers.TryAddWithoutValidation("Idempotency-Key", value.Text);
            request.Headers.TryAddWithoutValidation("traceparent", value.Text);
            using var answer = await http.SendAsync(request);
            Assert.True((int)answer.StatusCode is 201 or 400 or 431, $"{value.Name}: {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public async Task What_is_printed_of_it_escapes_what_must_be_and_nothing_else()
    {
        await using var hub = await RestHub.StartAsync();
        var id = (await hub.PostAsync("/api/v1/tasks", """{"title":"it's <b> 😀 é + \u202e\u009b\u007f\u2028"}""")).Is(201).Text("id");
        var text = await hub.Http.GetStringAsync(new Uri($"/api/v1/tasks/{id}", UriKind.Relative));
        Assert.Contains("\"it's <b> 😀 é + \\u202E\\u009B\\u007F\\u2028\"", text, StringComparison.Ordinal);
        using var wrong = await hub.Http.GetAsync(new Uri("/api/v1/tasks?it's=1", UriKind.Relative));
        Assert.Contains("unknown parameter 'it's'", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string?> CreatedAsync(EventReader events)
    {
        while (true)
        {
            var told = await events.NextAsync("record");
            if ((string?)told.Data["kind"] == "task_created") return (string?)told.Data["data"]!["task"];
        }
    }

    private static async Task<JsonElement> CreatedAsync(RawClient watcher)
    {
        while (true)
        {
            var record = await watcher.NextAsync("record");
            if (record.Text("kind") == "task_created") return record.GetProperty("data");
        }
    }

    private const string Create = "\"type\":\"task.create\",\"tasks\":[";
}
