using Microsoft.AspNetCore.Routing;
using Waggle.Core.Kernel;
using Waggle.Core.Schedules;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class SchedulesApi
{
    private const string Schedules = "/schedules";
    private const string Schedule = $"{Schedules}/{{schedule}}";

    public static void MapSchedules(this RouteGroupBuilder api)
    {
        api.Put(Schedule, SetAsync, new("setSchedule", "Creates a schedule, or gives it another spec. The same spec again changes nothing.")
        {
            Body = () => [RestClientJson.Default.ScheduleSpec],
            Result = () => [HubJson.Default.ScheduleView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.AlreadyExists, ErrorCodes.QuotaExceeded, ErrorCodes.StoreFull],
        });
        api.Get(Schedules, ListAsync, new("listSchedules", "Schedules, newest first, in pages.")
        {
            Tagged = true,
            Query =
            [
                new("swarm", "Only of this swarm."), new("state", "Only in this state: active, paused or ended."),
                new("cursor", "The cursor of the previous page."), new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer"),
            ],
            Result = () => [HubJson.Default.SchedulePage],
        });
        api.Get(Schedule, call => call.DoAsync(new ShowSchedule(call.Route("schedule")) { By = call.By }), new(
            "showSchedule", "One schedule with its next run, its open runs and its counts.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.ScheduleView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Delete(Schedule, call => call.DoAsync(new RemoveSchedule(call.Route("schedule")) { By = call.By }), new(
            "removeSchedule", "Deletes a schedule; its open tasks go on. The reply is the schedule as it was.")
        {
            Result = () => [HubJson.Default.ScheduleView],
            Errors = [ErrorCodes.NotFound],
        });
        Act(api, "pause", "pauseSchedule", "Stops the runs of a schedule until it is resumed.", static (id, by) => new PauseSchedule(id) { By = by });
        Act(api, "resume", "resumeSchedule", "Ends a pause; the next run is the next one after now.", static (id, by) => new ResumeSchedule(id) { By = by });
        Act(api, "run", "runSchedule", "Runs a schedule now, by its overlap policy.", static (id, by) => new RunSchedule(id) { By = by });
    }

    private static void Act(RouteGroupBuilder api, string verb, string id, string summary, Func<string, Core.Principal, Command<ScheduleView>> command) =>
        api.Post($"{Schedule}/{verb}", call => call.DoAsync(command(call.Route("schedule"), call.By)), new(id, summary)
        {
            Result = () => [HubJson.Default.ScheduleView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState],
        });

    private static async Task SetAsync(ApiCall call) =>
        await call.DoAsync(new SetSchedule(call.Route("schedule"), await call.ReadAsync(RestClientJson.Default.ScheduleSpec)) { By = call.By });

    private static Task ListAsync(ApiCall call) => call.DoAsync(
        new ListSchedules(call.Query("swarm"), StateOf(call), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static ScheduleState? StateOf(ApiCall call) => call.Query("state") is not { } text ? null
        : SnakeCase.TryParse<ScheduleState>(text, out var state) ? state
        : throw ApiFault.Invalid("state is active, paused or ended.");
}
