using System.Text.Json.Nodes;
using Waggle.Protocol;
using Waggle.Server.Http;
using Waggle.Server.Tests.Spec;

namespace Waggle.Server.Tests.Api;

public sealed class OpenApiTests
{
    [Fact]
    public async Task What_is_described_is_served_and_every_reference_is_there()
    {
        await using var hub = await RestHub.StartAsync();
        var document = (await hub.GetAsync("/openapi/v1.json")).Is(200).Body;
        var paths = document["paths"]!.AsObject();
        Assert.True(paths.Count >= 20);
        foreach (var (path, item) in paths)
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                Assert.NotEmpty((string)operation!["summary"]!);
                if (path == "/api/v1/events") continue;
                var answer = await hub.SendAsync(new HttpMethod(method.ToUpperInvariant()), path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), method == "get" ? null : "");
                Assert.NotEqual(405, (int)answer.Status);
                var described = operation["responses"]!.AsObject();
                Assert.True(described.ContainsKey($"{(int)answer.Status}"), $"{method} {path}: {(int)answer.Status} {answer.Body.ToJsonString()}");
            }
        }

        var components = document["components"]!["schemas"]!.AsObject();
        Assert.All(References(document), r => Assert.True(components.ContainsKey(r["#/components/schemas/".Length..]), r));
        Assert.Contains("title", components["TaskSpec"]!["required"]!.AsArray().Select(n => (string)n!));
    }

    [Fact]
    public async Task What_is_answered_has_only_fields_that_are_described()
    {
        await using var hub = await RestHub.StartAsync();
        var id = await hub.CreateAsync("a");
        var (_, proof) = await hub.LeaseAsync("a1");
        await hub.PostAsync($"/api/v1/leases/{id}/complete", $"{{{proof}}}");
        var schemas = (await hub.GetAsync("/openapi/v1.json")).Body["components"]!["schemas"]!.AsObject();
        foreach (var (path, schema) in new[] { ($"/api/v1/tasks/{id}", "TaskView"), ("/api/v1/tasks", "TaskPage"), ("/api/v1/swarms/default", "SwarmView"), ("/api/v1/agents/a1", "AgentView") })
        {
            var described = schemas[schema]!["properties"]!.AsObject().Select(p => p.Key);
            Assert.Empty((await hub.GetAsync(path)).Is(200).Body.Select(p => p.Key).Except(described));
        }
    }

    [Fact]
    public void Every_code_has_the_status_that_the_specification_gives_it()
    {
        var specified = SpecPage.Errors.Table("Errors").ToDictionary(r => SpecPage.Names(r[0]).Single(), r => int.Parse(r[^1], System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (code, status) in specified) Assert.Equal((code, status), (code, ErrorStatus.Of(code)));
        Assert.Equal(413, ErrorStatus.Of(ErrorCodes.TooLarge));
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject all => all.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value)),
        JsonArray all => all.SelectMany(References),
        _ => [],
    };
}
