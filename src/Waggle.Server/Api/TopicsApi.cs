using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Apps;
using Waggle.Protocol;

namespace Waggle.Server.Api;

internal static class TopicsApi
{
    public static void MapTopics(this RouteGroupBuilder api) =>
        api.Post("/topics/{topic}", PublishAsync, new("publish", "Publishes any JSON to the subscribers of a topic under app. The message is not stored.")
        {
            Body = () => [RestClientJson.Default.RawJson],
            Status = StatusCodes.Status204NoContent,
            Errors = [ErrorCodes.Forbidden, ErrorCodes.TooLarge],
        });

    private static async Task PublishAsync(ApiCall call)
    {
        var data = ApiBodies.Parse(await call.ReadAsync(), RestClientJson.Default.RawJson);
        await call.DoAsync(new PublishToApp(call.Route("topic"), data) { By = call.By });
    }
}
