using Waggle.Survey.Workers;

namespace Waggle.Survey.State;

/// <summary>The values that do not change while the demo runs.</summary>
internal sealed record DemoScene(DemoOptions Options, Uri Url, string Data, bool DataIsTemporary, DateTimeOffset StartedAt)
{
    public string ReportMarkdown => Path.Combine(Options.Out, Reporter.MarkdownName);

    public string ReportJson => Path.Combine(Options.Out, Reporter.JsonName);
}
