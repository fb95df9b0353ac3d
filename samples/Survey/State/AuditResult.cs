namespace Waggle.Survey.State;

/// <param name="Listed">The number of files that the scout reported.</param>
/// <param name="Measured">The number of files with a completed task and a record of its completion.</param>
/// <param name="Failed">The number of files whose task ended otherwise; the report names them.</param>
/// <param name="Lost">The number of files without an end.</param>
/// <param name="Twice">The number of files that ended more than once.</param>
internal sealed record AuditResult(int Listed, int Measured, int Failed, int Lost, int Twice)
{
    public bool IsWhole => Lost == 0 && Twice == 0;

    public override string ToString() =>
        $"{Measured} of {Listed} {(Listed == 1 ? "file" : "files")} measured, "
        + $"{(Failed > 0 ? $"{Failed} failed and are in the report, " : "")}{Lost} lost, {Twice} twice";
}
