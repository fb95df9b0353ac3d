using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>Creates the commands of due timers. Only the owner's loop uses it.</summary>
internal sealed class DueTimers(TimerQueue timers)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Func<string, Command>> _commands = new(StringComparer.Ordinal);
    private readonly List<(Command Command, EntityKey Key)> _fired = [];

    public void Register(string kind, Func<string, Command> command) => _commands.Add(kind, command);

    /// <summary>Returns the command of a timer that fires in this batch.</summary>
    public Command Fire(EntityKey key)
    {
        var command = _commands[key.Kind](key.Id);
        _fired.Add((command, key));
        return command;
    }

    /// <summary>
    /// Handles a command that could not be decided, or that would create an entity while the store has no room. If it is the command of a timer, the timer
    /// fires again, because its work must not wait for a restart.
    /// </summary>
    public void Retry(Command command, DateTimeOffset now)
    {
        foreach (var (fired, key) in _fired)
        {
            if (ReferenceEquals(fired, command)) timers.SetEarlier(key, now + RetryAfter);
        }
    }

    public void EndBatch() => _fired.Clear();
}
