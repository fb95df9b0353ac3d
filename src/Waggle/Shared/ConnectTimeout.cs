using Waggle.Client;

namespace Waggle.Shared;

/// <summary>How long a command waits for the answer to its connection: a variable, for slow links and busy machines.</summary>
internal static class ConnectTimeout
{
    public const string Variable = "WAGGLE_CONNECT_TIMEOUT";

    /// <summary>The variable's value; null without one.</summary>
    /// <exception cref="CliException">The variable is not a duration over zero.</exception>
    public static TimeSpan? Value
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text) return null;
            return Durations.TryParse(text, out var timeout) && timeout > TimeSpan.Zero ? timeout : throw new CliException(
                $"The environment variable {Variable} '{text}' is not a duration over zero such as 30s.", ExitCodes.Usage);
        }
    }

    /// <summary>Sets the timeout of the connection and of each attempt, if the variable has one.</summary>
    public static void Apply(WaggleOptions options)
    {
        if (Value is { } timeout) options.ConnectTimeout = options.AttemptTimeout = timeout;
    }
}
