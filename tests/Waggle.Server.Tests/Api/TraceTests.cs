using System.Text.Json.Nodes;

namespace Waggle.Server.Tests.Api;

/// <summary>The trace of a request for tasks (W3C Trace Context) continues in the tasks.</summary>
public sealed class TraceTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Other = "00-11111111111111111111111111111111-2222222222222222-01";

    [Fact]
    public async Task The_headers_of_a_creation_are_in_the_metadata_of_each_task()
    {
        await using var hub = await RestHub.StartAsync();
        var made = (await hub.PostAsync("/api/v1/tasks", """[{"title":"a"},{"title":"b","metadata":{"k":"v"}}]""", ("traceparent", Parent), ("tracestate", "congo=1"))).Is(201);
        foreach (var task in made.Body["tasks"]!.AsArray())
        {
            var metadata = await MetadataAsync(hub, (string)task!["id"]!);
            Assert.Equal((Parent, "congo=1"), ((string)metadata!["traceparent"]!, (string)metadata["tracestate"]!));
        }

        Assert.Equal("v", (string)(await MetadataAsync(hub, (string)made.Body["tasks"]![1]!["id"]!))!["k"]!);
    }

    [Theory]
    [InlineData("""{"title":"a","metadata":{"traceparent":"00-11111111111111111111111111111111-2222222222222222-01"}}""", Parent, Other)]
    [InlineData("""{"title":"a"}""", "no trace", null)]
    [InlineData("""{"title":"a"}""", null, null)]
    public async Task What_the_task_says_itself_stands_and_what_is_no_trace_is_left_out(string body, string? header, string? wanted)
    {
        await using var hub = await RestHub.StartAsync();
        var id = (await hub.PostAsync("/api/v1/tasks", body, header is null ? [] : [("traceparent", header), ("tracestate", "congo=1")])).Is(201).Text("id");
        var metadata = await MetadataAsync(hub, id);
        Assert.Equal(wanted, (string?)metadata?["traceparent"]);
        Assert.Null(metadata?["tracestate"]);
    }

    private static async Task<JsonNode?> MetadataAsync(RestHub hub, string id) => (await hub.GetAsync($"/api/v1/tasks/{id}")).Is(200).Body["spec"]!["metadata"];
}
