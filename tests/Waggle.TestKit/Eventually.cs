namespace Waggle.TestKit;

/// <summary>Waits for what a test waits for, and fails with words when it does not come. Real time bounds the wait; it never makes a test pass.</summary>
public static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

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

    /// <summary>The task's result, or a failure that names what was awaited.</summary>
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
