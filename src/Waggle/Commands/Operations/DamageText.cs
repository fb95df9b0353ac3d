using System.Globalization;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Shared;
using Waggle.Storage.Sqlite;
using Waggle.Storage.Sqlite.Backups;

namespace Waggle.Commands.Operations;

/// <summary><c>waggle doctor --repair</c>: the damage of a data folder, and the parts that can be recovered.</summary>
internal static class DamageText
{
    public static int Show(string folder, bool json)
    {
        DamageReport report;
        try
        {
            report = SqliteDamage.Find(Path.Combine(folder, SqliteStore.FileName), Hive.Kinds, StoredForm.FaultOf);
        }
        catch (StoreException e)
        {
            return Cli.Fail(e.Message, ExitCodes.Failed);
        }

        if (json) PrintJson(report);
        else Print(report);
        return report.Pages.Count + report.Entities.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Print(DamageReport report)
    {
        var text = Console.Out;
        if (report.Pages.Count + report.Entities.Count == 0)
        {
            text.WriteLine("Every page and every stored entity can be read. There is nothing to repair.");
            return;
        }

        foreach (var page in report.Pages) text.WriteLine($"page: {Clean(page)}");
        foreach (var one in report.Entities)
        {
            text.WriteLine($"{one.Kind} {Clean(one.Id)} ({(one.Open ? "open" : "closed")}, hive {Clean(one.Hive)}): {Clean(one.Fault)}");
            foreach (var (column, value) in one.Columns.Where(c => c.Value is not null)) text.WriteLine($"  {column}: {Clean(value!)}");
            if (one.Kind != AgentSecret.Entity.Name) text.WriteLine($"  stored: {Clean(one.Body)}");
            text.WriteLine(one.Offsets.Count == 0
                ? "  The log has no record of it any more."
                : $"  The log has records of it in the batches that end at "
                    + $"offset {string.Join(", ", one.Offsets.Select(o => o.ToString(CultureInfo.InvariantCulture)))}.");
        }

        text.WriteLine(report.Pages.Count > 0
            ? "Nothing was changed. Pages are damaged: stop the hub, keep a copy of the folder, and restore a backup (waggle restore) or use `sqlite3 "
                + "waggle.db .recover`."
            : "Nothing was changed. A hub sets these aside and runs on. A backup from before the damage has them whole.");
    }

    // Damaged data may contain anything, including a terminal's control sequences.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static void PrintJson(DamageReport report) => Printer.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("pages"u8);
        foreach (var page in report.Pages) writer.WriteStringValue(page);
        writer.WriteEndArray();
        writer.WriteStartArray("entities"u8);
        foreach (var one in report.Entities)
        {
            writer.WriteStartObject();
            writer.WriteString("hive"u8, one.Hive);
            writer.WriteString("kind"u8, one.Kind);
            writer.WriteString("id"u8, one.Id);
            writer.WriteNumber("seq"u8, one.Seq);
            writer.WriteBoolean("open"u8, one.Open);
            writer.WriteString("fault"u8, one.Fault);
            writer.WriteStartObject("columns"u8);
            foreach (var (column, value) in one.Columns) writer.WriteString(column, value);
            writer.WriteEndObject();
            if (one.Kind != AgentSecret.Entity.Name) writer.WriteString("stored"u8, one.Body);
            writer.WriteStartArray("log_offsets"u8);
            foreach (var offset in one.Offsets) writer.WriteNumberValue(offset);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
