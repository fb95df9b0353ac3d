namespace Waggle.Server.Hosting;

/// <param name="Dropped">The number of lines before those in the list.</param>
internal sealed record AttemptLog(int Attempt, string Agent, long Dropped, IReadOnlyList<LogLine> Lines);

/// <param name="At">The time when the hub received the line.</param>
internal sealed record LogLine(DateTimeOffset At, string Line);
