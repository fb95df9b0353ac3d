using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Schedules, which create tasks at given times. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c> and the codes that a method names.
/// </remarks>
/// <example>
/// <code>
/// ScheduleSpec spec = new() { Cron = "0 3 * * *", TimeZone = "Europe/Berlin", Task = new TaskSpec { Title = "nightly report" } };
/// ScheduleView schedule = await client.Schedules.SetAsync("nightly", spec);
/// Console.WriteLine($"The next run is at {schedule.NextDueAt}.");
/// </code>
/// </example>
public sealed class WaggleSchedules
{
    private readonly WaggleClient _client;

    internal WaggleSchedules(WaggleClient client) => _client = client;

    /// <summary>Creates a schedule, or gives it another spec. The same spec again changes nothing, so a program may call this at each start.</summary>
    /// <param name="schedule">The id, which the caller chooses.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c> (the swarm), <c>ALREADY_EXISTS</c> (in a swarm that the token does not reach),
    /// <c>QUOTA_EXCEEDED</c>, <c>STORE_FULL</c>.</exception>
    public Task<ScheduleView> SetAsync(string schedule, ScheduleSpec spec, CancellationToken cancel = default) =>
        _client.CommandAsync(new ScheduleSet { Schedule = schedule, Spec = spec }, HubJson.Default.ScheduleView, cancel);

    /// <summary>Stops the runs of a schedule until it is resumed. Its open tasks go on.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (it has ended).</exception>
    public Task<ScheduleView> PauseAsync(string schedule, CancellationToken cancel = default) =>
        _client.CommandAsync(new SchedulePause { Schedule = schedule }, HubJson.Default.ScheduleView, cancel);

    /// <summary>Ends a pause. The next run is the next one after now.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (it has ended).</exception>
    public Task<ScheduleView> ResumeAsync(string schedule, CancellationToken cancel = default) =>
        _client.CommandAsync(new ScheduleResume { Schedule = schedule }, HubJson.Default.ScheduleView, cancel);

    /// <summary>Runs a schedule now, beside its times. The request is sent once: after a lost connection, read the schedule before a repetition.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (it has ended, or its policy skips the run).</exception>
    public Task<ScheduleView> RunAsync(string schedule, CancellationToken cancel = default) =>
        _client.CommandAsync(new ScheduleRunNow { Schedule = schedule }, HubJson.Default.ScheduleView, cancel, repeatable: false);

    /// <summary>Deletes a schedule. Its open tasks go on.</summary>
    /// <returns>The schedule as it was.</returns>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>.</exception>
    public Task<ScheduleView> RemoveAsync(string schedule, CancellationToken cancel = default) =>
        _client.CommandAsync(new ScheduleRemove { Schedule = schedule }, HubJson.Default.ScheduleView, cancel, repeatable: false);

    /// <summary>Returns one schedule; null if there is none.</summary>
    public async Task<ScheduleView?> GetAsync(string schedule, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new ScheduleShow { Schedule = schedule }, HubJson.Default.ScheduleView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists schedules, the newest first, page by page as they are read.</summary>
    /// <param name="swarm">Lists only the schedules of this swarm; null for all.</param>
    /// <param name="state">Lists only the schedules in this state; null for all.</param>
    public async IAsyncEnumerable<ScheduleView> ListAsync(
        string? swarm = null, ScheduleState? state = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new ScheduleList { Swarm = swarm, State = state, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (schedules, next) = await _client.CommandAsync(page, HubJson.Default.SchedulePage, cancel);
            foreach (var schedule in schedules) yield return schedule;
            cursor = next;
        }
        while (cursor is not null);
    }
}
