using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>What the hub deletes when log lines exceed a quota.</summary>
[JsonConverter(typeof(SnakeCaseEnum<LogDropPolicy>))]
public enum LogDropPolicy
{
    /// <summary>The oldest lines are deleted, so that the newest ones stay.</summary>
    DropOldest,
}

/// <summary>Log lines of an attempt.</summary>
/// <param name="Dropped">The number of lines of the attempt that the hub does not have (any more).</param>
public sealed record AttemptLog(int Attempt, string Agent, long Dropped, IReadOnlyList<TaskLogLine> Lines);

/// <param name="Seq">The number of the line. Lines are numbered within the hive.</param>
/// <param name="At">The time when the hub received the line.</param>
/// <param name="Level">The importance of the line; null if its worker stated none.</param>
public sealed record TaskLogLine(long Seq, DateTimeOffset At, AgentLogLevel? Level, string Line);

/// <param name="Bytes">Their bytes, as the quotas count them.</param>
/// <param name="Policy">The choice of the lines that a quota or retention deletes.</param>
public sealed record LogDropped(long Lines, long Bytes, LogDropPolicy Policy);
