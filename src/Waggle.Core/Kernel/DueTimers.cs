using Waggle.Core.Hives;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>The commands that due timers stand for. Used by the owner's loop alone.</summary>
internal sealed class DueTimers(TimerQueue timers)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Func<string, Command>> _commands = new(StringComparer.Ordinal);
    private readonly List<(Command Command, EntityKey Key)> _fired = [];

    public void Register(string kind, Func<string, Command> command) => _commands.Add(kind, command);

    /// <summary>The command of a timer that fires in this batch.</summary>
    public Command Fire(EntityKey key)
    {
        var command = _commands[key.Kind](key.Id);
        _fired.Add((command, key));
        return command;
    }

    /// <summary>A command could not be decided. If it stands for a timer, that timer fires again: what it is for must not wait for a restart.</summary>
    public void Retry(Command command, DateTimeOffset now)
    {
        foreach (var (fired, key) in _fired)
        {
            if (ReferenceEquals(fired, command)) timers.SetEarlier(key, now + RetryAfter);
        }
    }

    public void EndBatch() => _fired.Clear();
}
