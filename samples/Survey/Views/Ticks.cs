namespace Waggle.Survey.Views;

internal static class Ticks
{
    /// <summary>Runs an action at once, in each period, and once more at the end.</summary>
    public static async Task EachAsync(TimeSpan period, TimeProvider time, Action act, CancellationToken over)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            do act();
            while (await timer.WaitForNextTickAsync(over));
        }
        catch (OperationCanceledException)
        {
            act();
        }
    }
}
