using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class LeasesApiTests
{
    [Fact]
    public async Task Curl_works_a_task_from_lease_to_result()
    {
        await using var hub = await RestHub.StartAsync();
        var id = await hub.CreateAsync("work", ""","input":{"n":1}""");
        var (task, proof) = await hub.LeaseAsync("curl");
        Assert.Equal(id, task);
        Assert.Equal("running", (await Say("start")).Is(200).Text("state"));
        (await Say("progress", ",\"progress\":0.5,\"message\":\"half\"")).Is(200);
        (await Say("log", ",\"lines\":[\"one\",\"two\"]")).Is(200);
        Assert.Empty((await Say("renew")).Is(200).Body["stop"]!.AsArray());
        Assert.Equal("completed", (await Say("complete", ",\"result\":{\"ok\":true},\"usage\":{\"input_tokens\":3}")).Is(200).Text("state"));
        Assert.True((bool)(await Say("complete", ",\"result\":{\"ok\":true}")).Is(200).Body["duplicate"]!);
        (await Say("fail", ",\"error\":{\"code\":\"X\",\"message\":\"x\"}")).IsProblem(409, "STALE_LEASE");

        var shown = (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200);
        Assert.True((bool)shown.Body["result"]!["ok"]!);
        var attempt = shown.Body["attempts"]![0]!;
        Assert.Equal("curl", (string)attempt["agent"]!);
        Assert.Equal(0.5, (double)attempt["last_progress"]!);
        Assert.Equal(1, (int)attempt["reason"]!["candidates"]!);

        Task<Answer> Say(string verb, string more = "") => hub.PostAsync($"/api/v1/leases/{task}/{verb}", $"{{{proof}{more}}}");
    }

    [Fact]
    public async Task Who_waits_gets_the_task_that_comes()
    {
        await using var hub = await RestHub.StartAsync();
        var waiting = hub.LeaseAsync("a1");
        await Eventually.Async(async () => (await hub.GetAsync("/api/v1/connections")).Body["connections"]!.AsArray().Any(c => (string?)c!["kind"] == "poll"));
        var id = await hub.CreateAsync("late");
        Assert.Equal(id, (await waiting).Task);
        await Eventually.Async(async () => (int)(await hub.GetAsync("/api/v1/connections")).Body["count"]! == 0);
    }

    [Fact]
    public async Task Who_waits_in_vain_is_told_so_and_nothing_is_assigned_behind_its_back()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":20}""")).Is(204);
        var id = await hub.CreateAsync("nobody's");
        Assert.Equal("pending", (await hub.GetAsync($"/api/v1/tasks/{id}")).Text("state"));
    }

    [Fact]
    public async Task Who_asks_again_keeps_what_it_has()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("first");
        var (first, proof) = await hub.LeaseAsync("a1");
        Assert.Equal("running", (await hub.PostAsync($"/api/v1/leases/{first}/start", $"{{{proof}}}")).Is(200).Text("state"));
        await hub.CreateAsync("second");
        var (second, _) = await hub.LeaseAsync("a1");
        Assert.NotEqual(first, second);
        Assert.Equal("running", (await hub.GetAsync($"/api/v1/tasks/{first}")).Text("state"));
    }

    [Fact]
    public async Task What_was_not_started_is_in_the_next_answer_again_unless_it_is_named()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("its answer is lost");
        var lost = (await PollAsync("")).Is(200).Body["leases"]![0]!;
        await hub.CreateAsync("another");

        var again = (await PollAsync("")).Is(200).Body["leases"]!.AsArray().Single()!;
        Assert.Equal(lost.ToJsonString(), again.ToJsonString());

        var holding = $$"""[{"task":"{{lost["task"]}}","attempt":{{lost["attempt"]}},"token":{{lost["token"]}}}]""";
        var other = (await PollAsync($",\"holding\":{holding}")).Is(200).Body["leases"]!.AsArray().Single()!;
        Assert.NotEqual((string)lost["task"]!, (string)other["task"]!);

        Task<Answer> PollAsync(string more) => hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":0{{more}}}""");
    }

    [Fact]
    public async Task Up_to_n_tasks_come_at_once()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync("/api/v1/tasks", """[{"title":"a"},{"title":"b"},{"title":"c"}]""");
        var polled = (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"n":2}""")).Is(200);
        Assert.Equal(2, polled.Body["leases"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_cancellation_is_told_by_the_renewal()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        await hub.PostAsync($"/api/v1/leases/{task}/start", $"{{{proof}}}");
        Assert.Equal("cancelling", (await hub.PostAsync($"/api/v1/tasks/{task}/cancel")).Is(200).Text("state"));
        var renewed = (await hub.PostAsync($"/api/v1/leases/{task}/renew", $"{{{proof}}}")).Is(200);
        Assert.Equal(task, (string)renewed.Body["cancel"]![0]!["task"]!);
        Assert.Equal("cancelled", (await hub.PostAsync($"/api/v1/leases/{task}/cancelled", $"{{{proof}}}")).Is(200).Text("state"));
        Assert.Equal(task, (string)(await hub.PostAsync($"/api/v1/leases/{task}/renew", $"{{{proof}}}")).Is(200).Body["stop"]![0]!["task"]!);
    }

    [Fact]
    public async Task Tasks_are_refused_released_and_failed()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a", ""","backoff_base_ms":1,"backoff_cap_ms":1,"max_attempts":2""");
        var (task, proof) = await hub.LeaseAsync("a1");
        Assert.Equal("pending", (await hub.PostAsync($"/api/v1/leases/{task}/release", $"{{{proof},\"reason\":\"leaving\"}}")).Is(200).Text("state"));
        (task, proof) = await hub.LeaseAsync("a1");
        Assert.Equal("retry_wait", (await hub.PostAsync($"/api/v1/leases/{task}/refuse", $"{{{proof}}}")).Is(200).Text("state"));
        (task, proof) = await hub.LeaseAsync("a1");
        var failure = ",\"error\":{\"code\":\"BROKEN\",\"message\":\"it broke\"}";
        Assert.Equal("retry_wait", (await hub.PostAsync($"/api/v1/leases/{task}/fail", $"{{{proof}{failure}}}")).Is(200).Text("state"));
        (task, proof) = await hub.LeaseAsync("a1");
        Assert.Equal("failed", (await hub.PostAsync($"/api/v1/leases/{task}/fail", $"{{{proof}{failure},\"retryable\":false}}")).Is(200).Text("state"));
        Assert.True((bool)(await hub.GetAsync($"/api/v1/tasks/{task}")).Body["dead_letter"]!);
        (await hub.PostAsync($"/api/v1/tasks/{task}/retry")).Is(201);
    }

    [Fact]
    public async Task Without_the_secret_nobody_speaks_for_an_agent()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        var forged = proof.Replace("the secret of a1", "the secret of a2", StringComparison.Ordinal);
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{forged}}}")).IsProblem(409, "AGENT_IN_USE");
        (await hub.PostAsync("/api/v1/leases", """{"agent":"a1","secret":"the secret of a2","wait_ms":0}""")).IsProblem(409, "AGENT_IN_USE");
    }

    [Fact]
    public async Task The_newer_of_two_polls_stands()
    {
        await using var hub = await RestHub.StartAsync();
        var older = hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":15000}""");
        await Eventually.Async(async () => (int)(await hub.GetAsync("/api/v1/connections")).Body["count"]! == 1);
        await Eventually.Async(async () => (await hub.GetAsync("/api/v1/agents")).Body["agents"]!.AsArray().Count == 1);
        (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":0}""")).Is(204);
        (await older).IsProblem(409, "AGENT_IN_USE");
    }
}
