namespace Waggle.Survey.Views;

internal static class Ticks
{
    /// <summary>Acts at once, in each period, and once more when it is over.</summary>
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
