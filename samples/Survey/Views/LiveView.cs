using Spectre.Console;
using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>A board that redraws itself, for terminals.</summary>
internal sealed class LiveView(IAnsiConsole console, TimeProvider time) : IDemoView
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(125);

    public void Begin(DemoScene scene)
    {
        foreach (var line in DemoTexts.Opening(scene)) console.WriteLine(line);
    }

    public Task ShowAsync(DemoState state, DemoScene scene, CancellationToken over) =>
        console.Live(Text.Empty).AutoClear(false).StartAsync(live => Ticks.EachAsync(Period, time, () => Draw(live, state, scene), over));

    public void Summarize(DemoScene scene, DemoSummary summary) => SummaryView.Write(console, summary);

    public void Hold(DemoScene scene, string swarm) => console.WriteLine(DemoTexts.Hold(scene, swarm));

    private void Draw(LiveDisplayContext live, DemoState state, DemoScene scene)
    {
        // Draws a copy, because writing to a slow terminal must not block the loop that follows the hub.
        lock (state.Gate) live.UpdateTarget(BoardView.Draw(state, scene, time.GetUtcNow(), console.Profile.Width, console.Profile.Height));
    }
}
