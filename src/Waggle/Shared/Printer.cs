using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Waggle.Protocol.Json;

namespace Waggle.Shared;

/// <summary>Writes standard output: JSON on request, else text, with tables on a terminal and aligned columns elsewhere.</summary>
internal sealed class Printer(bool json)
{
    public bool IsJson => json;

    public static void Json<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonText.Of(value, type));

    /// <summary>Writes one document, part by part.</summary>
    public static void Json(Action<Utf8JsonWriter> write)
    {
        using var stdout = StandardOutput.Open();
        using (var writer = new Utf8JsonWriter(stdout, JsonText.Checked)) write(writer);
        stdout.Write("\n"u8);
    }

    /// <summary>Writes text of many lines. A terminal gets it without the characters that would move its cursor; a program gets it unchanged.</summary>
    public static void Text(string text) =>
        Console.Out.WriteLine(Console.IsOutputRedirected || !text.Any(IsUnsafe) ? text : string.Create(text.Length, text, static (plain, text) =>
        {
            for (var i = 0; i < text.Length; i++) plain[i] = IsUnsafe(text[i]) ? ' ' : text[i];
        }));

    private static bool IsUnsafe(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    public static void Line(string text) => Console.Out.WriteLine(OneLine(text));

    /// <summary>Writes a line for people to standard error.</summary>
    public static void Note(string text) => Console.Error.WriteLine(OneLine(text));

    public static void Table(IReadOnlyList<string> headers, IReadOnlyList<string?[]> rows)
    {
        if (Console.IsOutputRedirected) Columns([[.. headers], .. rows]);
        else Rich(headers, rows);
    }

    /// <summary>Writes names and values, without those that are null.</summary>
    public static void Pairs(IEnumerable<(string Name, string? Value)> pairs)
    {
        var known = pairs.Where(p => p.Value is not null).ToArray();
        var width = known.Max(p => p.Name.Length) + 2;
        foreach (var (name, value) in known) Line($"{(name + ":").PadRight(width)}{value}");
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Replaces the characters that would move the cursor, break the line or turn its direction. Any client can write the text of tasks and agents.
    /// </summary>
    public static string OneLine(string text) => PlainText.OneLine(text);

    private static void Columns(IReadOnlyList<string?[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c]?.Length ?? 1)).ToArray();
        foreach (var row in rows) Line(string.Join("  ", row.Select((cell, c) => (cell ?? "-").PadRight(widths[c]))).TrimEnd());
    }

    private static void Rich(IReadOnlyList<string> headers, IReadOnlyList<string?[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var header in headers) table.AddColumn(new TableColumn(new Text(header)));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(OneLine(cell ?? "-"))));
        AnsiConsole.Write(table);
    }
}
