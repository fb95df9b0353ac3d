namespace Waggle.Commands.Operations;

internal enum CheckState
{
    Ok,

    /// <summary>The hub runs, but an operator should look at this.</summary>
    Warn,

    /// <summary>The hub would not run, or would not keep its guarantees.</summary>
    Fail,
}

/// <summary>The result of one check of the doctor.</summary>
internal sealed record Check(string Name, CheckState State, string Detail)
{
    public static Check Ok(string name, string detail) => new(name, CheckState.Ok, detail);

    public static Check Warn(string name, string detail) => new(name, CheckState.Warn, detail);

    public static Check Fail(string name, string detail) => new(name, CheckState.Fail, detail);

    /// <summary>Runs a check. A check that throws has failed.</summary>
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
