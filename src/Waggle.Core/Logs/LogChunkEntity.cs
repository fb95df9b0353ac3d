using System.Text;
using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Logs;

/// <summary>
/// The log lines of one message of a worker. It is cold: closed from the start, and stored with the commit that the worker's acknowledgement waits for.
/// </summary>
internal sealed record LogChunkEntity
{
    public const string TaskColumn = "task";
    public const string AttemptColumn = "attempt";

    // What a row and a line cost beside the text, in bytes.
    private const int RowOverhead = 128;
    private const int LineOverhead = 8;

    public static EntityKind Entity { get; } = new("log_chunk", [TaskColumn, AttemptColumn]);

    public int V { get; init; } = 1;

    /// <summary>The number of the last line. Lines are numbered within the hive.</summary>
    public required long Seq { get; init; }
    public required string Task { get; init; }

    /// <summary>The number of the chunk within the task's log.</summary>
    public required int No { get; init; }
    public required int Attempt { get; init; }
    public required string Agent { get; init; }
    public required DateTimeOffset At { get; init; }
    public AgentLogLevel? Level { get; init; }
    public required IReadOnlyList<string> Lines { get; init; }

    [JsonIgnore]
    public long First => Seq - Lines.Count + 1;

    public static string IdOf(string task, int no) => $"{task}:{no}";

    public static string AttemptOf(string task, int attempt) => $"{task}:{attempt}";

    /// <summary>The bytes by which the quotas count a message of a worker.</summary>
    public static long BytesOf(TaskLogged logged)
    {
        long bytes = RowOverhead;
        foreach (var line in logged.Lines) bytes += Encoding.UTF8.GetByteCount(line) + LineOverhead;
        return bytes;
    }
}
