namespace Waggle.Agents.Models;

/// <summary>The uses of tools that a person has to permit.</summary>
public enum ToolApproval
{
    /// <summary>Those of tools that do not say that they only read.</summary>
    Changes,

    /// <summary>All.</summary>
    All,

    /// <summary>None.</summary>
    None,
}
