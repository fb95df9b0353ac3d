namespace Waggle.TestKit;

/// <summary>Waits for a condition of a test, and fails with a description if it does not come. Real time limits the wait; it never makes a test pass.</summary>
public static class Eventually
{
    /// <summary>
    /// The time after which a wait fails. It is long, because it costs a passing test nothing and a busy machine may take many seconds for a step.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public static Task Async(Func<bool> condition, string? what = null, TimeSpan? timeout = null) =>
        Async(() => Task.FromResult(condition()), what, timeout);

    public static async Task Async(Func<Task<bool>> condition, string? what = null, TimeSpan? timeout = null)
    {
        var clock = TimeProvider.System;
        var since = clock.GetTimestamp();
        while (!await condition())
        {
            if (clock.GetElapsedTime(since) > (timeout ?? Patience)) throw new TimeoutException($"It did not happen: {what ?? "the condition"}.");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Returns the task's result, or fails with the name of the awaited event.</summary>
    public static async Task<T> Get<T>(Task<T> task, string? what = null)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It did not come: {what ?? typeof(T).Name}.");
        }
    }
}
