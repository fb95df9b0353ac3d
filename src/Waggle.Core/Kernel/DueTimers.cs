using System.Globalization;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>Creates the commands of due timers. Only the owner's loop uses it.</summary>
internal sealed class DueTimers(TimerQueue timers)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private const string Repeated = "reaction";

    private readonly Dictionary<string, Func<string, Command>> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Command> _repeated = new(StringComparer.Ordinal);
    private readonly List<(Command Command, EntityKey Key)> _fired = [];
    private long _next;

    public void Register(string kind, Func<string, Command> command) => _commands.Add(kind, command);

    /// <summary>Returns the command of a timer that fires in this batch.</summary>
    public Command Fire(EntityKey key)
    {
        var command = key.Kind == Repeated ? _repeated[key.Id] : _commands[key.Kind](key.Id);
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

    /// <summary>Lets a reaction happen at a time, and again until it could be decided. A restart forgets it.</summary>
    public void Repeat(Command reaction, DateTimeOffset at)
    {
        var key = new EntityKey(Repeated, (_next++).ToString(CultureInfo.InvariantCulture));
        _repeated.Add(key.Id, reaction);
        timers.Set(key, at);
    }

    public void EndBatch()
    {
        foreach (var (_, key) in _fired)
        {
            if (key.Kind == Repeated && timers.DueOf(key) is null) _repeated.Remove(key.Id);
        }

        _fired.Clear();
    }

    public void Reset()
    {
        _fired.Clear();
        _repeated.Clear();
    }
}
