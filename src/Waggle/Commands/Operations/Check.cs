namespace Waggle.Commands.Operations;

internal enum CheckState
{
    Ok,

    /// <summary>The hub runs, but somebody should look.</summary>
    Warn,

    /// <summary>The hub would not run, or not keep what it promises.</summary>
    Fail,
}

/// <summary>One thing that the doctor looked at.</summary>
internal sealed record Check(string Name, CheckState State, string Detail)
{
    public static Check Ok(string name, string detail) => new(name, CheckState.Ok, detail);

    public static Check Warn(string name, string detail) => new(name, CheckState.Warn, detail);

    public static Check Fail(string name, string detail) => new(name, CheckState.Fail, detail);

    /// <summary>What could not even be looked at failed.</summary>
    public static Check Of(string name, Func<Check> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Core.Ports.StoreException or System.Net.Sockets.SocketException)
        {
            return Fail(name, e.Message);
        }
    }
}
