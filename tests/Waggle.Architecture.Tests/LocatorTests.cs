using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Waggle.Architecture.Tests;

/// <summary>The hub puts its parts together and is no place to fetch them from: each handler gets the parts that it uses.</summary>
public sealed class LocatorTests
{
    private static readonly string[] Folders = ["AccessControl", "Api", "Compat", "Endpoints", "Insight", "SocketIO", "Telemetry"];

    [Fact]
    public void A_handler_of_the_server_takes_its_parts_and_not_the_hub()
    {
        var handlers = SourceFile.OfTheProduct.Where(f => f.Project == "Waggle.Server" && Folders.Contains(f.Folder)).ToArray();
        var takers =
            from file in handlers
            from parameter in file.Syntax.DescendantNodes().OfType<ParameterSyntax>()
            where parameter.Type?.ToString() is "Hub" or "HubService"
            select $"{file.Path}: {parameter}";
        Assert.NotEmpty(handlers);
        Assert.Empty(takers);
    }
}
