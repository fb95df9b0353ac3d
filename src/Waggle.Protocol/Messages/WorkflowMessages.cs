using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Defines a workflow, or its next version.</summary>
public sealed record WorkflowDefine : ClientMessage
{
    public override string Type => "workflow.define";

    /// <summary>The JSON of a <see cref="WorkflowDefinition"/>. The error of one that cannot run names the place.</summary>
    public required RawJson Definition { get; init; }
}

public sealed record WorkflowShow : ClientMessage
{
    public override string Type => "workflow.show";

    public required string Workflow { get; init; }

    /// <summary>Default: the latest version.</summary>
    public int? Version { get; init; }
}

/// <summary>Lists workflows, the newest first.</summary>
public sealed record WorkflowList : ClientMessage
{
    public override string Type => "workflow.list";

    /// <summary>Only those of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Deletes a workflow with all its versions, or one version that is not the latest. It is refused while runs are open.</summary>
public sealed record WorkflowDelete : ClientMessage
{
    public override string Type => "workflow.delete";

    public required string Workflow { get; init; }

    /// <summary>The version; null for the workflow with all its versions.</summary>
    public int? Version { get; init; }
}

/// <summary>Starts a run of a workflow.</summary>
public sealed record RunStart : ClientMessage
{
    public override string Type => "run.start";

    public required WorkflowStart Run { get; init; }
}

public sealed record RunShow : ClientMessage
{
    public override string Type => "run.show";

    public required string Run { get; init; }
}

/// <summary>Lists runs, the newest first.</summary>
public sealed record RunList : ClientMessage
{
    public override string Type => "run.list";

    /// <summary>Only those of this workflow.</summary>
    public string? Workflow { get; init; }

    /// <summary>Only those of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Only those in this state.</summary>
    public WorkflowRunState? State { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Lists the steps of a run in the order of the definition.</summary>
public sealed record RunSteps : ClientMessage
{
    public override string Type => "run.steps";

    public required string Run { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Sends a signal to a run.</summary>
public sealed record RunSignal : ClientMessage
{
    public override string Type => "run.signal";

    public required string Run { get; init; }
    public required string Signal { get; init; }

    /// <summary>The output of the step that waits for the signal, at most 32 KiB.</summary>
    public RawJson Payload { get; init; }
}

/// <summary>Runs a failed or cancelled run again from the steps that did not complete.</summary>
public sealed record RunRetry : ClientMessage
{
    public override string Type => "run.retry";

    public required string Run { get; init; }
}

/// <summary>Cancels a run and its running steps.</summary>
public sealed record RunCancel : ClientMessage
{
    public override string Type => "run.cancel";

    public required string Run { get; init; }
    public string? Reason { get; init; }
}
