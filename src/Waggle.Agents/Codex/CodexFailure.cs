using System.Globalization;
using System.Text.RegularExpressions;

namespace Waggle.Agents.Codex;

/// <summary>The message of <c>turn.failed</c>, which is a text for people: the only place that says why a run failed.</summary>
internal static partial class CodexFailure
{
    private const string LimitReached = "hit your usage limit";

    public static IEnumerable<AgentFact> Read(string message)
    {
        if (Json.TryParse(message, out var document))
        {
            using (document)
            {
                var type = document.RootElement.Text("error", "type");
                message = document.RootElement.Text("error", "message") ?? message;
                if (type == "invalid_request_error") return [new EndFact(null, "API_400", message, Retryable: false)];
            }
        }

        var status = Status().Match(message) is { Success: true } match ? int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture) : (int?)null;
        if (status == 429 || message.Contains(LimitReached, StringComparison.OrdinalIgnoreCase))
            return [new RateLimitFact(message) { Clock = ClockOf(message) }, new EndFact(null, AgentCodes.RateLimited, message)];
        return [new EndFact(null, status is { } code ? $"API_{code}" : "TURN_FAILED", message, Retryable: status is null or >= 500)];
    }

    // "try again at 5:22 PM", in the time zone of the machine. A limit of another day names the day, which the worker need not know: it tries again at that
    // hour.
    private static TimeOnly? ClockOf(string message) =>
        Hour().Match(message) is { Success: true } match
            && TimeOnly.TryParseExact(match.Groups["clock"].Value, "h:mm tt", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock)
                ? clock
                : null;

    [GeneratedRegex(@"\bstatus:? (?<code>\d{3})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Status();

    [GeneratedRegex(
        @"try again at ([A-Z][a-z]{2} \d{1,2}(st|nd|rd|th), \d{4} )?(?<clock>\d{1,2}:\d{2} [AP]M)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hour();
}
