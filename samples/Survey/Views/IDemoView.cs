using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>A view of the demo.</summary>
internal interface IDemoView
{
    void Begin(DemoScene scene);

    /// <summary>Follows the state until the token is cancelled, and shows the end.</summary>
    Task ShowAsync(DemoState state, DemoScene scene, CancellationToken over);

    void Summarize(DemoScene scene, DemoSummary summary);

    /// <summary>Shows that the survey has ended and the hub stays up.</summary>
    void Hold(DemoScene scene, string swarm);
}
