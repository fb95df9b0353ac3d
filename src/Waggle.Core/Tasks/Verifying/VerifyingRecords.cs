using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Verifying;

/// <summary>Records that a worker reported a result and that its checks begin. The worker's slot is free.</summary>
public sealed record TaskVerifying : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_verifying";

    /// <summary>The end of the attempt with the outcome <c>claimed</c>. The attempt is stored when the checks are over.</summary>
    public required AttemptEnd Ended { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }
    public ResultRef? ResultRef { get; init; }
    public required long DurationMs { get; init; }
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Whether the result is checked against a schema first.</summary>
    public required bool Schema { get; init; }
}

/// <summary>Records that the result satisfied its schema, or has none, and that reviewers check it.</summary>
public sealed record TaskReviewing : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_reviewing";

    /// <summary>The review tasks.</summary>
    public required IReadOnlyList<string> Reviews { get; init; }
}

/// <summary>Records that one review ended.</summary>
public sealed record TaskReviewed : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_reviewed";

    public required ReviewVerdict Verdict { get; init; }
}
