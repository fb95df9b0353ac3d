using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class SchedulesApiTests
{
    private const string Schedules = "/api/v1/schedules";

    [Fact]
    public async Task A_schedule_creates_a_task_on_time_and_keeps_it_over_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        var set = (await hub.SendAsync(HttpMethod.Put, $"{Schedules}/tick", """{"every_ms":1000,"task":{"title":"tick"}}""")).Is(200);
        Assert.Equal(("active", 0), (set.Text("state"), (int)set.Body["runs"]!));
        await Eventually.Async(async () => (int)(await ShowAsync(hub)).Body["runs"]! == 1, "the first run");
        var task = (await ShowAsync(hub)).Text("last_task");
        Assert.Equal("tick", (string)(await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Body["spec"]!["title"]!);

        await hub.RestartAsync();
        Assert.Equal(task, (string)Assert.Single((await ShowAsync(hub)).Body["running"]!.AsArray())!);
        Assert.Equal("paused", (await hub.SendAsync(HttpMethod.Post, $"{Schedules}/tick/pause", null)).Is(200).Text("state"));
        Assert.Single((await hub.GetAsync($"{Schedules}?state=paused")).Is(200).Body["schedules"]!.AsArray());
        Assert.Equal("active", (await hub.SendAsync(HttpMethod.Post, $"{Schedules}/tick/resume", null)).Is(200).Text("state"));
        Assert.Contains("waggle_schedules 1", await hub.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        (await hub.SendAsync(HttpMethod.Delete, $"{Schedules}/tick", null)).Is(200);
        (await hub.GetAsync($"{Schedules}/tick")).IsProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task Wrong_input_is_refused_with_the_field()
    {
        await using var hub = await RestHub.StartAsync();
        await RefusedAsync("""{"task":{"title":"x"}}""", 400);
        await RefusedAsync("""{"cron":"* * *","task":{"title":"x"}}""", 400);
        await RefusedAsync("""{"cron":"@daily","time_zone":"Mars","task":{"title":"x"}}""", 400);
        await RefusedAsync("""{"every_ms":0,"task":{"title":"x"}}""", 400);
        await RefusedAsync("""{"every_ms":1000}""", 400);
        await RefusedAsync("""{"every_ms":1000,"task":null}""", 400);
        (await hub.GetAsync($"{Schedules}?state=asleep")).IsProblem(400, "INVALID_REQUEST");
        (await hub.SendAsync(HttpMethod.Post, $"{Schedules}/none/run", null)).IsProblem(404, "NOT_FOUND");

        async Task RefusedAsync(string body, int status) =>
            (await hub.SendAsync(HttpMethod.Put, $"{Schedules}/s", body)).IsProblem(status, "INVALID_REQUEST");
    }

    private static async Task<Answer> ShowAsync(RestHub hub) => (await hub.GetAsync($"{Schedules}/tick")).Is(200);
}
