using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class NotificationsApi
{
    public static void MapNotifications(this RouteGroupBuilder api)
    {
        api.Get("/presence", call =>
            call.DoAsync(new ListPresence { By = call.By }), new("listPresence", "The users that are present, and those that left within the last two minutes.")
            {
                Tagged = true,
                Result = () => [HubJson.Default.PresencePage],
            });
        api.Post("/notifications", SendAsync, new("sendNotification", "Sends a notification to all users or to one user, at once or when they next connect.")
        {
            Headers = [new(ApiHeaders.IdempotencyKey, "A repeated request with the same key sends nothing twice.")],
            Body = () => [RestClientJson.Default.NotificationBody],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.NotificationView],
            Also = [(StatusCodes.Status200OK, "The notification was sent before.")],
            Errors = [ErrorCodes.NotFound, ErrorCodes.TooLarge, ErrorCodes.IdempotencyConflict, ErrorCodes.StoreFull],
        });
        api.Get("/notifications", ListAsync, new("listNotifications", "The notifications that the caller has not seen, oldest first, in pages.")
        {
            Tagged = true,
            Query = [new("cursor", "The cursor of the previous page."), new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer")],
            Result = () => [HubJson.Default.NotificationPage],
        });
        api.Post("/notifications/seen", SeeAsync, new("markSeen", "Marks a notification and all earlier ones as seen.")
        {
            Body = () => [RestClientJson.Default.SeenBody],
            Status = StatusCodes.Status204NoContent,
            Errors = [ErrorCodes.NotFound],
        });
    }

    private static async Task SendAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.NotificationBody);
        var outcome = await call.AskAsync(new SendNotification(body.Level, body.Message, body.To, body.Swarm, TaskCreation.KeyOf(call)) { By = call.By });
        await call.AnswerAsync(outcome, outcome.Value!.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static Task ListAsync(ApiCall call) => call.DoAsync(new ListUnseen(call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static async Task SeeAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.SeenBody);
        await call.DoAsync(new MarkSeen(body.Through) { By = call.By });
    }
}
