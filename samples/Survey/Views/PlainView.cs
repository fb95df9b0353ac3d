using Spectre.Console;
using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>Prints lines only, for pipes, files and plain terminals: notable events, and the progress from time to time.</summary>
internal sealed class PlainView(IAnsiConsole console, TextWriter output, TimeProvider time) : IDemoView
{
    private const int StepPercent = 10;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private int _shown;
    private int _doneTold;
    private DateTimeOffset _shownAt;

    public void Begin(DemoScene scene)
    {
        foreach (var line in DemoTexts.Opening(scene)) output.WriteLine(line);
    }

    public Task ShowAsync(DemoState state, DemoScene scene, CancellationToken over)
    {
        _shownAt = scene.StartedAt;
        return Ticks.EachAsync(Look, time, () => Tell(state, scene), over);
    }

    public void Summarize(DemoScene scene, DemoSummary summary) => SummaryView.Write(console, summary);

    public void Hold(DemoScene scene, string swarm) => output.WriteLine(DemoTexts.Hold(scene, swarm));

    private void Tell(DemoState state, DemoScene scene)
    {
        lock (state.Gate)
        {
            for (; _shown < state.Events.Count; _shown++)
            {
                var told = state.Events[_shown];
                output.WriteLine($"{DemoTexts.Since(scene, told.At),7}  {told.Text}");
            }

            var now = time.GetUtcNow();
            if (!IsWorthALine(state, now)) return;
            _doneTold = state.Ended;
            _shownAt = now;
            output.WriteLine($"{DemoTexts.Since(scene, now),7}  {DemoTexts.Progress(state)}");
        }
    }

    private bool IsWorthALine(DemoState state, DateTimeOffset now)
    {
        var more = state.Ended - _doneTold;
        if (more == 0) return false;
        return state.Ended == state.Listed || now - _shownAt >= Quiet || (state.IsListed && 100L * more >= (long)StepPercent * state.Listed);
    }
}
