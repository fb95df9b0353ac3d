namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>An event of a client while the dialect answers it.</summary>
/// <param name="Id">The id of the acknowledgement that the client waits for; null if it waits for none.</param>
internal sealed record Call(string Name, long? Id)
{
    /// <summary>Whether the event has attachments, which no event of the hub takes.</summary>
    public bool HasAttachments { get; init; }

    /// <summary>Whether the call was answered. Later messages that it causes are not its answer.</summary>
    public bool IsAnswered { get; set; }
}

/// <summary>One category of a requested subscription.</summary>
/// <param name="IsLast">Whether the answer to this category completes the call.</param>
internal sealed record CategoryTag(Call Call, CategoryRequest Request, bool IsLast)
{
    /// <summary>The result of the recovery, over this category and those before it.</summary>
    public required Recovery Recovery { get; init; }
}

/// <summary>Whether all missed records could be sent.</summary>
internal sealed class Recovery
{
    public bool IsWhole { get; set; } = true;
}

/// <summary>The last category that a client unsubscribes from.</summary>
internal sealed record LeaveTag(Call Call, CategoryRequest Request);
