using Waggle.Protocol.Json;
using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>Prints one document at the end, for programs.</summary>
internal sealed class JsonView(TextWriter output, TextWriter errors) : IDemoView
{
    public void Begin(DemoScene scene)
    {
    }

    public Task ShowAsync(DemoState state, DemoScene scene, CancellationToken over) => Task.CompletedTask;

    public void Summarize(DemoScene scene, DemoSummary summary)
    {
        output.WriteLine(JsonText.Of(summary, DemoSummaryJson.Default.DemoSummary));
        output.Flush();
    }

    public void Hold(DemoScene scene, string swarm) =>
        errors.WriteLine($"waggle: the hub stays up at {scene.Url.GetLeftPart(UriPartial.Authority)}; Ctrl-C ends it");
}
