namespace Waggle.TestKit;

/// <summary>The checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>Its folder, which holds the solution.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    private static string Above(string folder) => File.Exists(Path.Combine(folder, "Waggle.slnx"))
        ? folder
        : Above(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Waggle.slnx above the tests."));
}
