using System.Text.RegularExpressions;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class BudgetsApiTests
{
    private const string Budgets = "/api/v1/budgets";

    [Fact]
    public async Task Reported_usage_and_a_spent_budget_survive_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.SendAsync(HttpMethod.Put, $"{Budgets}/night", """{"swarm":"default","cost_usd":1.5}""")).Is(200);
        var task = await hub.CreateAsync("write");
        var (_, proof) = await hub.LeaseAsync("a1");
        await SayAsync("progress", ",\"progress\":0.5,\"usage\":{\"model\":\"m1\",\"input_tokens\":1000,\"cached_tokens\":200,\"cost_usd\":0.1}");
        await SayAsync("usage", ",\"usage\":{\"model\":\"m2\",\"output_tokens\":7,\"reasoning_tokens\":3}");
        await SayAsync("usage", ",\"usage\":{\"model\":\"m1\",\"input_tokens\":1200,\"cost_usd\":1.4}");
        await hub.RestartAsync();

        var report = (await hub.GetAsync("/api/v1/costs?by=model&by=agent&by=day&by=swarm")).Is(200).Body;
        Assert.Equal(
            "[{'day':'DAY','swarm':'default','agent':'a1','model':'m1','usage':{'input_tokens':1200,'output_tokens':0,'cached_tokens':200,'reasoning_tokens':0,'cost_usd':1.4,'unknown_costs':0}},"
                + "{'day':'DAY','swarm':'default','agent':'a1','model':'m2','usage':{'input_tokens':0,'output_tokens':7,'cached_tokens':0,'reasoning_tokens':3,'unknown_costs':1}}]",
            Regex.Replace(report["rows"]!.ToJsonString().Replace('"', '\''), @"\d{4}-\d\d-\d\d", "DAY"));
        Assert.Equal("warned", (await hub.GetAsync($"{Budgets}/night")).Is(200).Text("state"));
        await SayAsync("usage", ",\"usage\":{\"model\":\"m1\",\"cost_usd\":1.5}");
        Assert.Equal("spent", (await hub.GetAsync($"{Budgets}/night")).Is(200).Text("state"));
        await Eventually.Async(async () => (await SayAsync("renew")).Body["cancel"]!.AsArray().Count == 1, "the request to stop");
        Assert.Equal("pending", (await SayAsync("cancelled")).Text("state"));
        Assert.Equal("budget:night (1.5 of 1.5 USD)", (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Text("waiting_for"));
        Assert.Contains("waggle_budgets{state=\"spent\"} 1", await hub.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        (await hub.SendAsync(HttpMethod.Delete, $"{Budgets}/night", null)).Is(200);
        Assert.Empty((await hub.GetAsync(Budgets)).Is(200).Body["budgets"]!.AsArray());

        async Task<Answer> SayAsync(string verb, string more = "") => (await hub.PostAsync($"/api/v1/leases/{task}/{verb}", $"{{{proof}{more}}}")).Is(200);
    }

    [Fact]
    public async Task Wrong_input_is_refused_with_the_field()
    {
        await using var hub = await RestHub.StartAsync();
        await RefusedAsync("""{}""", "tokens");
        await RefusedAsync("""{"tokens":0}""", "tokens");
        await RefusedAsync("""{"cost_usd":-1}""", "cost_usd");
        await RefusedAsync("""{"cost_usd":1e300}""", "cost_usd");
        await RefusedAsync("""{"swarm":"default","task":"t1","tokens":5}""", "swarm");
        (await hub.SendAsync(HttpMethod.Put, $"{Budgets}/b", """{"swarm":"none","tokens":5}""")).IsProblem(404, "NOT_FOUND");
        (await hub.GetAsync("/api/v1/costs?by=weather")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync("/api/v1/costs?from=yesterday")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync("/api/v1/costs?from=2027-02-01&to=2027-01-01")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync("/api/v1/costs?from=2020-01-01&to=2027-01-01")).IsProblem(400, "INVALID_REQUEST");

        async Task RefusedAsync(string body, string field) =>
            Assert.Contains(field, (await hub.SendAsync(HttpMethod.Put, $"{Budgets}/b", body)).IsProblem(400, "INVALID_REQUEST").Body.ToJsonString(), StringComparison.Ordinal);
    }
}
