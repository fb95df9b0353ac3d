namespace Waggle.Survey.State;

/// <param name="Listed">How many files the scout says it listed.</param>
/// <param name="Measured">Files with a completed task, and a record of its completion.</param>
/// <param name="Failed">Files whose task ended otherwise, which the report names.</param>
/// <param name="Lost">Files that ended in no way.</param>
/// <param name="Twice">Files that ended more than once.</param>
internal sealed record AuditResult(int Listed, int Measured, int Failed, int Lost, int Twice)
{
    public bool IsWhole => Lost == 0 && Twice == 0;

    public override string ToString() =>
        $"{Measured} of {Listed} {(Listed == 1 ? "file" : "files")} measured, "
        + $"{(Failed > 0 ? $"{Failed} failed and are in the report, " : "")}{Lost} lost, {Twice} twice";
}
