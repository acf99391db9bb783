package io.hamster.cluster.raft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.hamster.HamsterException;

@AnalyzeClasses(packages = "io.hamster.cluster.raft", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule knowsNoSpring =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule nothingSerializesJavaObjects = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(java.io.ObjectInputStream.class, java.io.ObjectOutputStream.class);

    @ArchTest
    static final ArchRule publicExceptionsShareOneRoot = classes()
            .that()
            .areAssignableTo(Throwable.class)
            .and()
            .arePublic()
            .should()
            .beAssignableTo(HamsterException.class);

    @ArchTest
    static final ArchRule theLockTableKnowsNeitherEngine = noClasses()
            .that()
            .haveSimpleNameStartingWith("Lock")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.ratis..", "org.jgroups..");

    @ArchTest
    static final ArchRule messagesKnowNoRaft = noClasses()
            .that()
            .haveSimpleNameStartingWith("JGroups")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.ratis..");
}
