using Waggle.Client;
using Waggle.Protocol.Messages;
using Waggle.Shared;

namespace Waggle.Watching;

/// <summary>Prints an observation as a line of text or of JSON.</summary>
internal static class ObservationPrinter
{
    public static void Print(Printer print, Observation observation)
    {
        if (print.IsJson) Json(observation);
        else Printer.Line(Text(observation));
    }

    public static string Text(Observation observation) => observation switch
    {
        RecordObserved seen => RecordText.Line(seen.Record),
        GapObserved gap => $"-- {gap.Dropped} records were dropped between {gap.From} and {gap.Position}: the client read too slowly.",
        NotRecovered hole => $"-- Events after {hole.Since} are no longer available; records continue from {hole.Position}.",
        _ => $"-- {observation.GetType().Name} at {observation.Position}",
    };

    private static void Json(Observation observation)
    {
        switch (observation)
        {
            case RecordObserved seen:
                Printer.Json(seen.Record, HubJson.Default.RecordMessage);
                break;
            case GapObserved gap:
                Printer.Json(new Gap { From = gap.From, To = gap.Position, Dropped = gap.Dropped }, HubJson.Default.Gap);
                break;
            case NotRecovered hole:
                Printer.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "not_recovered"u8);
                    writer.WriteString("since"u8, hole.Since.ToString());
                    writer.WriteString("position"u8, hole.Position.ToString());
                    writer.WriteEndObject();
                });
                break;
        }
    }
}
