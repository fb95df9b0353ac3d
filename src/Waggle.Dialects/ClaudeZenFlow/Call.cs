namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>One event of a client while it is answered.</summary>
/// <param name="Id">Of the acknowledgement that it waits for; null: it waits for none.</param>
internal sealed record Call(string Name, long? Id)
{
    /// <summary>It was answered: what else it leads to is not its answer.</summary>
    public bool IsAnswered { get; set; }
}

/// <summary>One category of a subscription that is asked for.</summary>
/// <param name="IsLast">What is behind it answers the call.</param>
internal sealed record CategoryTag(Call Call, CategoryRequest Request, bool IsLast)
{
    /// <summary>What a client that resumes missed could be had, for this category and those before it.</summary>
    public required Recovery Recovery { get; init; }
}

/// <summary>Whether all that was missed could be had.</summary>
internal sealed class Recovery
{
    public bool IsWhole { get; set; } = true;
}

/// <summary>The last category of those that are no longer wanted.</summary>
internal sealed record LeaveTag(Call Call, CategoryRequest Request);
