package io.hamster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.hamster", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule coreKnowsNoSpring =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.hamster.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule algorithmsKeepToThemselves = noClasses()
            .that()
            .resideInAnyPackage("io.hamster.hash..", "io.hamster.singleflight..", "io.hamster.lock..", "..cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hamster.cache..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule cacheUsesOnlyWhatItMay = noClasses()
            .that()
            .resideInAPackage("io.hamster.cache..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hamster.cluster..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingSerializesJavaObjects = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(java.io.ObjectInputStream.class, java.io.ObjectOutputStream.class);

    @ArchTest
    static final ArchRule exceptionsShareOneRoot =
            classes().that().areAssignableTo(Throwable.class).should().beAssignableTo(HamsterException.class);

    @ArchTest
    static final ArchRule nothingBlocksInAMonitor =
            noClasses().should(DeclareSynchronized.methods()).as("no class should have synchronized methods");
}
