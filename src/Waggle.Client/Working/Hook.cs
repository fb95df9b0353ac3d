namespace Waggle.Client;

/// <summary>Calls the hooks of the program.</summary>
internal static class Hook
{
    /// <param name="hook">The call of the hook.</param>
    /// <param name="fail">Ends the worker if the hook throws.</param>
    public static void Call(Action hook, Action<WaggleException> fail)
    {
        try
        {
            hook();
        }
#pragma warning disable CA1031 // A hook of the program failed: that ends the worker, loudly, wherever it was called from.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fail(new WaggleException(ClientErrorCodes.Closed, $"A hook threw: {e.Message}", inner: e));
        }
    }
}
