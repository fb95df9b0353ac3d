using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Topics;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Api;

internal static class EventsApi
{
    private const string Json = "application/json";

    public static void MapEvents(this RouteGroupBuilder api, Func<EventStreaming> streaming) => api.Get(
        "/events", call => ServeAsync(call, streaming()), new(
            "events",
            "The records as server-sent events: live ones, and before them all durable ones after a position. " +
                "With 'Accept: application/json', a part of the log instead.")
        {
            Query =
        [
            new("pattern", "Topics or patterns: '*' is one segment, '#' one or more at the end. Default: everything.", Many: true),
            new("filter", "A filter for the records of these topics, as JSON, as in a subscription of waggle.v1."),
            new("max_rate", $"Of a stream: records of the latest and stream classes a second at most, for each key, 0.001 to {Limits.MaxRatePerSecond}; the "
                + $"newest is kept back until its time has come.", "number"),
            new("max_rate_key", "The key that max_rate applies to: topic, or a field such as data.agent. Default: topic."),
            new("since", "Return the durable records after this position. Required for a piece of the log; without it, a stream begins now."),
            new("token", "The token, for an EventSource, which cannot send headers."),
            new("access_token", "The same as token."),
            new("limit", $"Of a piece of the log: records at most, 1 to {Limits.MaxPageSize}, default 100.", "integer"),
        ],
            Headers = [new("Last-Event-ID", "The position at which a stream ended; takes precedence over since.")],
            EventStream = true,
            Result = () => [RestJson.Default.LogPage],
            Errors = [ErrorCodes.NotFound],
        }, new AdmissionRule { TokenInQuery = true });

    private static Task ServeAsync(ApiCall call, EventStreaming streaming)
    {
        var interest = SpecOf(call);
        var since = ApiCall.PositionOf(call.Query("since"), "since");
        return WantsLog(call.Http.Request)
            ? LogReading.AnswerAsync(call, interest, since)
            : streaming.RunAsync(call, interest, call.Http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last
                ? ApiCall.PositionOf(last, "Last-Event-ID")
                : since);
    }

    // The stream is the default, because curl and an EventSource ask for it; the log requires an explicit request.
    private static bool WantsLog(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains(Json, StringComparison.OrdinalIgnoreCase) && !accept.Contains(EventStreaming.ContentType, StringComparison.OrdinalIgnoreCase);
    }

    private static SubscriptionSpec SpecOf(ApiCall call)
    {
        var filter = call.Query("filter") is { } text ? RawJson.FromTrusted(Encoding.UTF8.GetBytes(text)) : default;
        var (perSecond, key) = (call.Query("max_rate"), call.Query("max_rate_key"));
        if (key is not null && perSecond is null) throw ApiFault.Invalid("max_rate_key requires max_rate.");
        var rate = perSecond is null ? null
            : double.TryParse(perSecond, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? new MaxRate(number, key)
            : throw ApiFault.Invalid("max_rate is a number.");
        return SubscriptionParser.Read(PatternsOf(call), filter, rate, null, takesArrays: false, out var interest) is { } problem
            ? throw ApiFault.Invalid(problem)
            : interest;
    }

    private static TopicPattern[] PatternsOf(ApiCall call)
    {
        var texts = call.QueryAll("pattern");
        if (texts.Count == 0) texts = ["#"];
        if (texts.Count > Limits.MaxTopicsPerSubscribe)
        {
            throw ApiFault.Invalid($"pattern is given at most {Limits.MaxTopicsPerSubscribe} times; it was {texts.Count}.");
        }

        return [.. texts.Select((text, i) => TopicPattern.TryParse(text, out var pattern)
            ? Topic.UnknownRoot(pattern) is { } unknown ? throw ApiFault.Invalid($"pattern {i + 1}: {unknown}")
            : call.By.Problem(pattern) is { } problem ? throw Refused(call, $"pattern {i + 1}: {problem}") : pattern
            : throw ApiFault.Invalid(
                $"pattern {i + 1} is not a topic or pattern: dot-separated segments; '*' for one segment, '#' for one or more at the end."))];
    }

    private static ApiFault Refused(ApiCall call, string message)
    {
        call.Hive.Refusals.Add(new Refusal("subscribe", ErrorCodes.Forbidden, call.By, call.Remote) { Message = message });
        return new ApiFault(ErrorCodes.Forbidden, message);
    }
}
