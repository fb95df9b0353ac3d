using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.Server.Hosting;

namespace Waggle.Server.Tests.Api;

public sealed class LogsApiTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_last_lines_of_each_attempt_are_shown_with_what_is_missing()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        await hub.PostAsync($"/api/v1/leases/{task}/log", $"{{{proof},\"lines\":[{string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"{i}\""))}]}}");
        await hub.PostAsync($"/api/v1/leases/{task}/release", $"{{{proof}}}");
        (task, proof) = await hub.LeaseAsync("a2");
        await hub.PostAsync($"/api/v1/leases/{task}/log", $"{{{proof},\"lines\":[\"second\"]}}");
        await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof}}}");

        var logs = (await hub.GetAsync($"/api/v1/tasks/{task}/logs")).Is(200);
        var attempts = logs.Body["attempts"]!.AsArray();
        Assert.Equal((44, "a1", "44", "299"), ((int)attempts[0]!["dropped"]!, (string)attempts[0]!["agent"]!, Line(attempts[0]!, 0), Line(attempts[0]!, 255)));
        Assert.Equal((0, "a2", "second"), ((int)attempts[1]!["dropped"]!, (string)attempts[1]!["agent"]!, Line(attempts[1]!, 0)));
        Assert.Equal((string)(await hub.GetAsync($"/api/v1/tasks/{task}")).Body["created_at"]!, logs.Text("since"));
        var second = (await hub.GetAsync($"/api/v1/tasks/{task}/logs?attempt=2")).Is(200).Body["attempts"]!.AsArray();
        Assert.Equal(2, (int)Assert.Single(second)!["attempt"]!);

        await hub.RestartAsync();
        logs = (await hub.GetAsync($"/api/v1/tasks/{task}/logs")).Is(200);
        Assert.Empty(logs.Body["attempts"]!.AsArray());
        Assert.True(DateTimeOffset.Parse(logs.Text("since"), System.Globalization.CultureInfo.InvariantCulture) > DateTimeOffset.Parse((string)(await hub.GetAsync($"/api/v1/tasks/{task}")).Body["ended_at"]!, System.Globalization.CultureInfo.InvariantCulture));
        (await hub.GetAsync("/api/v1/tasks/none/logs")).IsProblem(404, "NOT_FOUND");
        (await hub.GetAsync($"/api/v1/tasks/{task}/logs?attempt=x")).IsProblem(400, "INVALID_REQUEST");

        static string Line(System.Text.Json.Nodes.JsonNode attempt, int i) => (string)attempt["lines"]![i]!["line"]!;
    }

    [Fact]
    public void An_attempt_keeps_so_many_bytes_and_counts_what_went()
    {
        var logs = new TaskLogs(Start);
        Say(logs, "t1", 1, 1, [.. Enumerable.Range(0, 100).Select(i => new string('x', 1000))]);
        var kept = Assert.Single(logs.Of("t1").Attempts);
        Assert.Equal(100, kept.Dropped + kept.Lines.Count);
        Assert.InRange(kept.Lines.Sum(l => l.Line.Length), 50_000, TaskLogs.MaxBytes);
        Say(logs, "t1", 1, 2, [new string('y', TaskLogs.MaxBytes)]);
        Assert.Equal(101, Assert.Single(logs.Of("t1").Attempts).Dropped);
    }

    [Fact]
    public void For_room_the_ended_go_before_the_running_and_the_time_says_so()
    {
        var logs = new TaskLogs(Start, maxTotalBytes: 25_000);
        string[] much = [.. Enumerable.Repeat(new string('x', 900), 10)];
        Say(logs, "running", 1, 1, much);
        Say(logs, "ended", 1, 2, much);
        End(logs, "ended");
        Assert.Equal(Start, logs.Of("running").Since);
        Say(logs, "third", 1, 3, much);
        Assert.Empty(logs.Of("ended").Attempts);
        Assert.Equal(10, Assert.Single(logs.Of("running").Attempts).Lines.Count);
        Assert.Equal(Start.AddSeconds(2), logs.Of("running").Since);
        Say(logs, "fourth", 1, 4, much);
        Assert.Empty(logs.Of("running").Attempts);
        Assert.Equal(Start.AddSeconds(2), logs.Of("third").Since);
    }

    private static void Say(TaskLogs logs, string task, int attempt, int second, string[] lines) => Take(logs, second, new TaskLogged
    {
        Task = task,
        Title = "a",
        State = TaskState.Running,
        Agent = "a1",
        Attempt = attempt,
        Lines = lines,
    });

    private static void End(TaskLogs logs, string task) => Take(logs, 2, new TaskExpired { Task = task, Title = "a", State = TaskState.Expired, Timeout = "schedule_to_close" });

    private static void Take(TaskLogs logs, int second, TaskRecord data) => logs.Take(new SealedBatch(
        default, [new Protocol.Records.Record(new Position(1, 1), data.Topic, data.Kind, data.Class, Start.AddSeconds(second), "default", default, data)]));
}
