using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>How the demo is shown.</summary>
internal interface IDemoView
{
    void Begin(DemoScene scene);

    /// <summary>Follows the state until the token is cancelled, and shows how it ended.</summary>
    Task ShowAsync(DemoState state, DemoScene scene, CancellationToken over);

    void Summarize(DemoScene scene, DemoSummary summary);

    /// <summary>The survey is over, the hub stays.</summary>
    void Hold(DemoScene scene, string swarm);
}
