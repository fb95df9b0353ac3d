using System.Text.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Watching;

/// <summary>
/// Converts records to log lines. The hub passes log lines on and stores only the last lines of each attempt, in the record of the attempt's end. The reader
/// returns those for an attempt whose live lines it has not seen.
/// </summary>
internal sealed class LogReader(string? agent, string? swarm)
{
    // The attempts with seen lines and without a seen end: about as many as run at a time.
    private readonly HashSet<(string Task, int Attempt)> _seen = [];

    /// <summary>Marks an attempt whose lines were already printed.</summary>
    public void Know(string task, int attempt) => _seen.Add((task, attempt));

    public IReadOnlyList<LogLine> Read(RecordMessage record)
    {
        if (!record.Topic.StartsWith("task.", StringComparison.Ordinal) || (swarm is not null && record.Swarm != swarm)) return [];
        var data = record.Data.ToElement();
        var task = record.Topic.Split('.')[1];
        return record.Kind == "task_log" ? Lines(record, data, task, data.GetProperty("lines"), live: true)
            : data.TryGetProperty("ended", out var ended) ? Tail(record, ended, task)
            : [];
    }

    private List<LogLine> Tail(RecordMessage record, JsonElement ended, string task)
    {
        var seen = _seen.Remove((task, ended.GetProperty("attempt").GetInt32()));
        return seen || !ended.TryGetProperty("log_tail", out var tail) ? [] : Lines(record, ended, task, tail, live: false);
    }

    private List<LogLine> Lines(RecordMessage record, JsonElement from, string task, JsonElement lines, bool live)
    {
        var who = from.GetProperty("agent").GetString();
        if (agent is not null && who != agent) return [];
        var attempt = from.GetProperty("attempt").GetInt32();
        if (live) _seen.Add((task, attempt));
        return [.. lines.EnumerateArray().Select(line => new LogLine(record.At, task, who, attempt, line.GetString() ?? "", Tail: !live))];
    }
}
